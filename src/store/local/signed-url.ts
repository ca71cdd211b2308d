import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import type { ObjectLocation } from '../object-store.ts'

/** Query of a signed URL of the local store. */
export interface SignedQuery extends ObjectLocation {
  /** Unix time in seconds at which the URL expires. */
  readonly expires: number
  /** HMAC-SHA256 in base64url. */
  readonly signature: string
}

/**
 * Builds a URL that lets anyone GET one object until `expires` (Unix time in seconds). `base` has no slash at its end.
 */
export function signUrl (secret: Buffer, base: string, location: ObjectLocation, expires: number): string {
  const signature = sign(secret, location, expires)
  const query = Object.entries({ bucket: location.bucket, key: location.key, expires, signature }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`
  )
  return `${base}/objects?${query.join('&')}`
}

/**
 * Throws `invalid_signature` unless this location and expiry were signed with `secret` and the URL has not expired.
 */
export function verifySignedQuery (secret: Buffer, { signature, expires, ...location }: SignedQuery, now: Date): void {
  // The encoded texts are compared, because base64url can encode the same bytes in four ways.
  const expected = Buffer.from(sign(secret, location, expires))
  const given = Buffer.from(signature)
  const genuine = given.length === expected.length && timingSafeEqual(given, expected)
  if (!genuine || now.getTime() >= expires * 1000) throw new PosterframeError('invalid_signature')
}

// JSON separates the parts unambiguously. With concatenation, bucket "a" and key "bc" would also sign "ab" and "c".
function sign (secret: Buffer, { bucket, key }: ObjectLocation, expires: number): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['GET', bucket, key, expires]))
    .digest('base64url')
}
