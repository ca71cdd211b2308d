import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../errors.ts'

/** A secret and the name that URLs call it by, so that it can be replaced while URLs of the one before still live. */
export interface SigningSecret {
  readonly id: string
  /** 32 bytes or more. */
  readonly secret: Uint8Array
}

/** A query: names and the texts of their values, not encoded. */
export type TextQuery = Readonly<Record<string, string>>

const PATH = '/v1/thumbnails'
const MIN_SECRET_BYTES = 32

/** What {@link signThumbnailUrl} signs. */
export interface UnsignedThumbnailUrl {
  /** Where the service is reached, without a slash at the end; not signed. */
  readonly base: string
  /** `key` and whatever else the GET takes. */
  readonly query: Readonly<Record<string, string | number>>
  /** Unix time in whole seconds; from then on the URL is dead. */
  readonly signedUntil: number
}

/**
 * A URL of `GET /v1/thumbnails` that works without a key until `signedUntil`. `docs/signing.md` has the canonical
 * form.
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

/** Whether a query claims to be signed. */
export function isSigned (query: Readonly<Record<string, unknown>>): boolean {
  return ['signature', 'signedUntil', 'keyId'].some((name) => query[name] !== undefined)
}

/**
 * Throws `invalid_signature` unless every parameter of this query, as it came and none of them twice, was signed with
 * the secret that `keyId` names, and it is not yet `signedUntil`.
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
  // The texts are compared, not what they decode to: base64url can write the same bytes in four ways.
  const expected = Buffer.from(sign(known.secret, signed))
  const given = Buffer.from(signature)
  const genuine = given.length === expected.length && timingSafeEqual(given, expected)
  if (!genuine || now.getTime() >= signedUntil * 1000) throw new PosterframeError('invalid_signature')
}

/** Secrets as `id:base64url`, comma separated; undefined where one is malformed, short, or its id is there twice. */
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
 * `name=value` joined by `&`, sorted by name, encoded as RFC 3986, section 2.3, leaves nothing but unreserved
 * characters.
 */
function canonicalise (query: TextQuery): string {
  return Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

function encode (text: string): string {
  // encodeURIComponent throws for a lone surrogate, which no query that was decoded from UTF-8 holds.
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

function isText (query: Readonly<Record<string, unknown>>): query is TextQuery {
  return Object.values(query).every((value) => typeof value === 'string')
}
