import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'
import { createIdentity, type Identity, readScope, scopeProperties, type WrittenScope } from './scope.ts'

const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
const ApiKeysSchema = Type.Array(
  Type.Object(
    {
      name: Type.String({ pattern: NAME_PATTERN }),
      hash: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }),
      ...scopeProperties
    },
    { additionalProperties: false }
  ),
  { minItems: 1, maxItems: 10_000 }
)
const validator = Compile(ApiKeysSchema)

/** An API key in the configuration: its hash, never the key itself. */
export type ApiKeyEntry = Static<typeof ApiKeysSchema>[number]

/** Parses a list of API keys from a JSON text; undefined if malformed, or if two entries share a name or a key. */
export function parseApiKeys (text: string): ApiKeyEntry[] | undefined {
  const entries = parseJson(text)
  if (!validator.Check(entries)) return undefined
  const isUnique = (property: 'name' | 'hash') =>
    new Set(entries.map((entry) => entry[property])).size === entries.length
  return isUnique('name') && isUnique('hash') ? entries : undefined
}

/**
 * Generates an API key of 256 random bits, and its entry for the configuration.
 *
 * @throws PosterframeError `invalid_request` for a name or a scope that the configuration would reject
 */
export function generateApiKey (
  name: string,
  scope: WrittenScope
): { readonly key: string, readonly entry: ApiKeyEntry } {
  if (!new RegExp(NAME_PATTERN).test(name)) {
    throw new PosterframeError('invalid_request', {
      detail: `'${name.slice(0, 100)}' is not a valid name of a caller. Use up to 64 of A-Z, a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit.`
    })
  }
  const invalid = findInvalidScope(scope)
  if (invalid !== undefined) throw new PosterframeError('invalid_request', { detail: invalid })
  // The prefix lets the log mask keys and lets secret scanners find committed ones.
  const key = `pfk_${randomBytes(32).toString('base64url')}`
  return { key, entry: { name, hash: `sha256:${createHash('sha256').update(key).digest('hex')}`, ...scope } }
}

function findInvalidScope (scope: WrittenScope): string | undefined {
  const bucket = scope.buckets?.find((text) => readScope({ buckets: [text] }) === undefined)
  if (bucket !== undefined) return `'${bucket.slice(0, 100)}' is not the name of a bucket. Use 1 to 255 characters.`
  const prefix = scope.prefixes?.find((text) => readScope({ prefixes: [text] }) === undefined)
  if (prefix === undefined) return undefined
  return `'${prefix.slice(0, 100)}' is not a valid prefix. Use one that ends with a slash, such as tenant-1/.`
}

/**
 * Creates the function that returns the identity of an API key. SHA-256 without salt or stretching is right here, and
 * would be wrong for passwords: the keys of `posterframe key` are 256 random bits, so that there is no dictionary
 * to try, and a slow hash would only let strangers spend CPU time. The function compares all entries, each in constant
 * time, so that its duration reveals nothing.
 */
export function createApiKeyCheck (entries: readonly ApiKeyEntry[]): (key: string) => Identity | undefined {
  const known = entries.map(({ name, hash, ...scope }) => ({
    digest: Buffer.from(hash.slice('sha256:'.length), 'hex'),
    identity: createIdentity(name, scope, ['read', 'write'])
  }))
  return (key) => {
    const digest = createHash('sha256').update(key).digest()
    let found: Identity | undefined
    for (const entry of known) {
      if (timingSafeEqual(entry.digest, digest)) found = entry.identity
    }
    return found
  }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
