import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../errors.ts'

/** A secret and its id in URLs, so that it can be replaced while URLs of the previous one are still valid. */
export interface SigningSecret {
  readonly id: string
  /** 32 bytes or more. */
  readonly secret: Uint8Array
}

/** Names and values of a query, not encoded. */
export type TextQuery = Readonly<Record<string, string>>

const PATH = '/v1/thumbnails'
const MIN_SECRET_BYTES = 32

/** Input of {@link signThumbnailUrl}. */
export interface UnsignedThumbnailUrl {
  /** Base URL of the service, without a slash at the end; not signed. */
  readonly base: string
  /** `key` and other parameters of the GET. */
  readonly query: Readonly<Record<string, string | number>>
  /** Unix time in whole seconds at which the URL expires. */
  readonly signedUntil: number
}

/**
 * Returns a signed URL of `GET /v1/thumbnails`, valid without credentials until `signedUntil`. `docs/signing.md`
 * defines the canonical form.
 */
export function signThumbnailUrl (
  { id, secret }: SigningSecret,
  { base, query, signedUntil }: UnsignedThumbnailUrl
): string {
  const texts = Object.fromEntries(
    Object.entries({ ...query, keyId: id, signedUntil }).map(([name, value]) => [name, String(value)])
  )
  return `${base}${PATH}?${canonicalise(texts)}&signature=${sign(secret, texts)}`
}

/** Returns whether a query has any parameter of a signature. */
export function isSigned (query: Readonly<Record<string, unknown>>): boolean {
  return ['signature', 'signedUntil', 'keyId'].some((name) => query[name] !== undefined)
}

/**
 * Throws `invalid_signature` unless every parameter of the query, unchanged and none of them twice, was signed with the
 * secret of `keyId`, and `signedUntil` is in the future.
 */
export function verifySignedThumbnail (
  secrets: readonly SigningSecret[],
  query: Readonly<Record<string, unknown>>,
  now: Date
): void {
  const { signature, ...signed } = query
  const known = secrets.find(({ id }) => id === signed['keyId'])
  const signedUntil = /^\d{1,12}$/.test(String(signed['signedUntil'])) ? Number(signed['signedUntil']) : 0
  if (known === undefined || typeof signature !== 'string' || !isText(signed)) {
    throw new PosterframeError('invalid_signature')
  }
  // Compares the texts and not the bytes that they decode to: base64url can encode the same bytes in four ways.
  const expected = Buffer.from(sign(known.secret, signed))
  const given = Buffer.from(signature)
  const isGenuine = given.length === expected.length && timingSafeEqual(given, expected)
  if (!isGenuine) throw new PosterframeError('invalid_signature')
  if (now.getTime() >= signedUntil * 1000) {
    const expiry = new Date(signedUntil * 1000).toISOString()
    throw new PosterframeError('invalid_signature', { detail: `The signed URL expired at ${expiry}. Sign a new one.` })
  }
}

/** Parses secrets `id:base64url`, separated by commas; undefined if one is malformed or short, or an id repeats. */
export function parseSigningSecrets (text: string): SigningSecret[] | undefined {
  const secrets: SigningSecret[] = []
  for (const part of text.split(',')) {
    const [, id, encoded] = /^([\w-]{1,32}):([\w-]+)=*$/.exec(part.trim()) ?? []
    const secret = Buffer.from(encoded ?? '', 'base64url')
    if (id === undefined || secret.length < MIN_SECRET_BYTES || secrets.some((other) => other.id === id)) {
      return undefined
    }
    secrets.push({ id, secret })
  }
  return secrets
}

function sign (secret: Uint8Array, query: TextQuery): string {
  return createHmac('sha256', secret)
    .update(`GET\n${PATH}\n${canonicalise(query)}`)
    .digest('base64url')
}

/**
 * Returns `name=value` joined by `&`, sorted by name, with every character percent-encoded that RFC 3986, section 2.3,
 * does not list as unreserved.
 */
function canonicalise (query: TextQuery): string {
  return Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

function encode (text: string): string {
  // encodeURIComponent throws for a lone surrogate, which a query that was decoded from UTF-8 never has.
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

function isText (query: Readonly<Record<string, unknown>>): query is TextQuery {
  return Object.values(query).every((value) => typeof value === 'string')
}
