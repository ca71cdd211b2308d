import { readFileSync } from 'node:fs'
import { type ApiKeyEntry, parseApiKeys } from '../access/api-keys.ts'
import { parseSigningSecrets, type SigningSecret } from '../access/signed-thumbnail-url.ts'
import type { TokenIssuer } from '../access/tokens.ts'
import type { EnvironmentReader } from './environment.ts'
import { isLoopback } from './loopback.ts'
import { parsePresets, type Presets } from '../options/presets.ts'

/** Ways in which callers authenticate. */
export const AUTH_METHODS = ['none', 'api-key', 'jwt'] as const
/** One of {@link AUTH_METHODS}. */
export type AuthMethod = (typeof AUTH_METHODS)[number]

/** Authentication and permissions of callers. */
export interface AccessConfig {
  /** `none` alone, or one or both of the others. */
  readonly methods: readonly AuthMethod[]
  readonly apiKeys: readonly ApiKeyEntry[]
  readonly tokenIssuer: TokenIssuer | undefined
  readonly signingSecrets: readonly SigningSecret[]
  readonly presets: Presets
  /** Requests that a GET without credentials and signature may make. */
  readonly anonymousGet: 'none' | 'presets' | 'any'
  readonly isMetricsPublic: boolean
}

/** Reads the variables of authentication and permissions. */
export function readAccess (reader: EnvironmentReader): AccessConfig {
  const methods = reader.readParsed<readonly AuthMethod[]>(
    'POSTERFRAME_AUTH',
    ['none'],
    'none, or api-key, jwt or both, comma separated',
    parseMethods
  )
  const presets = reader.readParsed<Presets>(
    'POSTERFRAME_PRESETS',
    new Map(),
    'a JSON object of options by name, such as {"poster": {"width": 640}}',
    parsePresets
  )
  return Object.freeze({
    methods,
    apiKeys: readApiKeys(reader, methods),
    tokenIssuer: readTokenIssuer(reader, methods),
    signingSecrets: reader.readParsed<readonly SigningSecret[]>(
      'POSTERFRAME_SIGNING_SECRETS',
      [],
      'id:secret, comma separated, each secret at least 32 bytes in base64url',
      parseSigningSecrets
    ),
    presets,
    anonymousGet: readAnonymousGet(reader, methods, presets),
    isMetricsPublic: reader.readFlag('POSTERFRAME_METRICS_PUBLIC', false)
  })
}

function readApiKeys (reader: EnvironmentReader, methods: readonly AuthMethod[]): readonly ApiKeyEntry[] {
  const expected =
    'a JSON list of {"name", "hash": "sha256:...", "buckets", "prefixes", "verbs"}, as posterframe key prints it'
  const inline = reader.readParsed<readonly ApiKeyEntry[]>('POSTERFRAME_API_KEYS', [], expected, parseApiKeys)
  const fromFile = reader.readParsed<readonly ApiKeyEntry[]>(
    'POSTERFRAME_API_KEYS_FILE',
    [],
    `the path of a file with ${expected}`,
    (path) => {
      try {
        return parseApiKeys(readFileSync(path, 'utf8'))
      } catch {
        return undefined
      }
    }
  )
  const isInline = reader.readText('POSTERFRAME_API_KEYS') !== undefined
  const isInFile = reader.readText('POSTERFRAME_API_KEYS_FILE') !== undefined
  if (isInline && isInFile) reader.report('POSTERFRAME_API_KEYS_FILE', 'must not be set beside POSTERFRAME_API_KEYS')
  requireFor(reader, 'api-key', methods, isInline || isInFile, 'POSTERFRAME_API_KEYS')
  return isInline ? inline : fromFile
}

function readTokenIssuer (reader: EnvironmentReader, methods: readonly AuthMethod[]): TokenIssuer | undefined {
  const issuer = reader.readText('POSTERFRAME_JWT_ISSUER')
  const audience = reader.readText('POSTERFRAME_JWT_AUDIENCE')
  const jwksUrl = reader.readParsed<string | undefined>(
    'POSTERFRAME_JWT_JWKS_URL',
    undefined,
    'an https URL (http on loopback only)',
    parseKeySetUrl
  )
  for (const name of ['POSTERFRAME_JWT_ISSUER', 'POSTERFRAME_JWT_AUDIENCE', 'POSTERFRAME_JWT_JWKS_URL'] as const) {
    requireFor(reader, 'jwt', methods, reader.readText(name) !== undefined, name)
  }
  if (!methods.includes('jwt') || issuer === undefined || audience === undefined || jwksUrl === undefined) {
    return undefined
  }
  return Object.freeze({ issuer, audience, jwksUrl })
}

/** Every enabled method needs its variables; a variable of a disabled method is a configuration error. */
function requireFor (
  reader: EnvironmentReader,
  method: AuthMethod,
  methods: readonly AuthMethod[],
  isSet: boolean,
  name: Parameters<EnvironmentReader['report']>[0]
): void {
  if (methods.includes(method) && !isSet) reader.report(name, `must be set for POSTERFRAME_AUTH=${method}`)
  if (!methods.includes(method) && isSet) reader.report(name, `requires '${method}' in POSTERFRAME_AUTH`)
}

// An anonymous GET that generates images costs money, so anonymous callers are limited to presets if there are any.
// With authentication they may do nothing unless configured otherwise.
function readAnonymousGet (
  reader: EnvironmentReader,
  methods: readonly AuthMethod[],
  presets: Presets
): AccessConfig['anonymousGet'] {
  const isOpen = methods.includes('none')
  const fallback = isOpen ? (presets.size > 0 ? 'presets' : 'any') : 'none'
  const chosen = reader.readChoice(
    'POSTERFRAME_ANONYMOUS_GET',
    fallback,
    isOpen ? ['none', 'presets', 'any'] : ['none', 'presets']
  )
  if (chosen === 'presets' && presets.size === 0) {
    reader.report('POSTERFRAME_PRESETS', 'must be set for POSTERFRAME_ANONYMOUS_GET=presets')
  }
  return chosen
}

function parseMethods (text: string): readonly AuthMethod[] | undefined {
  const methods = [...new Set(text.split(',').map((part) => AUTH_METHODS.find((method) => method === part.trim())))]
  const known = methods.filter((method) => method !== undefined)
  const isPlain = known.length === methods.length && (known.length === 1 || !known.includes('none'))
  return isPlain ? Object.freeze(known) : undefined
}

function parseKeySetUrl (text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || `${url.username}${url.password}${url.hash}` !== '') return undefined
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')))
    ? url.href
    : undefined
}
