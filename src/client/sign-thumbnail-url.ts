/** Signing secret and its id. For servers only: do not put it into a page. */
export interface SigningSecret {
  readonly id: string
  /** At least 32 bytes. A string is base64url, as in `POSTERFRAME_SIGNING_SECRETS`. */
  readonly secret: Uint8Array<ArrayBuffer> | string
}

/** Input of {@link signThumbnailUrl}. */
export interface UnsignedThumbnailUrl {
  /** Base URL of the service, without a trailing slash; not signed. */
  readonly base: string
  /** `key` and the other parameters of `GET /v1/thumbnails`. */
  readonly query: Readonly<Record<string, string | number>>
  /** Unix time in whole seconds at which the URL expires. */
  readonly signedUntil: number
}

const PATH = '/v1/thumbnails'

/**
 * Returns a URL of `GET /v1/thumbnails` that works without an API key until `signedUntil`. Signs the canonical form
 * that `docs/signing.md` defines. Uses only WebCrypto, so that it runs in Node and in edge workers.
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
