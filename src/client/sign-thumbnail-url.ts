/** A secret and the name that URLs call it by; for whoever makes a page, never in the page. */
export interface SigningSecret {
  readonly id: string
  /** 32 bytes or more; as a text it is base64url, as `POSTERFRAME_SIGNING_SECRETS` holds it. */
  readonly secret: Uint8Array<ArrayBuffer> | string
}

/** What {@link signThumbnailUrl} signs. */
export interface UnsignedThumbnailUrl {
  /** Where the service is reached, without a slash at the end; not signed. */
  readonly base: string
  /** `key` and whatever else `GET /v1/thumbnails` takes. */
  readonly query: Readonly<Record<string, string | number>>
  /** Unix time in whole seconds; from then on the URL is dead. */
  readonly signedUntil: number
}

const PATH = '/v1/thumbnails'

/**
 * A URL of `GET /v1/thumbnails` that works without a key until `signedUntil`, by the canonical form of
 * `docs/signing.md`. With WebCrypto alone, so that it runs in Node, in workers at the edge, and wherever else a page
 * is made.
 */
export async function signThumbnailUrl (
  { id, secret }: SigningSecret,
  { base, query, signedUntil }: UnsignedThumbnailUrl
): Promise<string> {
  const canonical = Object.entries({ ...query, keyId: id, signedUntil })
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .sort()
    .join('&')
  const key = await crypto.subtle.importKey(
    'raw',
    typeof secret === 'string' ? decodeBase64url(secret) : secret,
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign']
  )
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`GET\n${PATH}\n${canonical}`))
  return `${base}${PATH}?${canonical}&signature=${encodeBase64url(new Uint8Array(signature))}`
}

// RFC 3986, section 2.3: all but the unreserved characters.
function encode (text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

function decodeBase64url (text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}

function encodeBase64url (bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
