import { createHash, timingSafeEqual } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { createIdentity, type Identity, scopeProperties } from './scope.ts'

const ApiKeysSchema = Type.Array(
  Type.Object(
    {
      name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
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
 * Creates the function that returns the identity of an API key. SHA-256 without salt or stretching is right here, and
 * would be wrong for passwords: the keys of `scripts/make-key.mjs` are 256 random bits, so that there is no dictionary
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
