import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import type { ObjectAddress } from '../object-store.ts'

/** The query of a URL of the local store. */
export interface SignedQuery extends ObjectAddress {
  /** Unix time in seconds; from that second on the URL is dead. */
  readonly expires: number
  /** HMAC-SHA256 in base64url. */
  readonly signature: string
}

/**
 * Builds the URL that lets anyone GET one object until `expires` (Unix time in seconds). `base` has no slash at its
 * end.
 */
export function signUrl (secret: Buffer, base: string, address: ObjectAddress, expires: number): string {
  const signature = sign(secret, address, expires)
  const query = Object.entries({ bucket: address.bucket, key: address.key, expires, signature }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`
  )
  return `${base}/objects?${query.join('&')}`
}

/**
 * Throws `invalid_signature` unless this very address and expiry were signed with `secret` and it is not yet
 * `expires`.
 */
export function verifySignedQuery (secret: Buffer, { signature, expires, ...address }: SignedQuery, now: Date): void {
  // The texts are compared, not what they decode to: base64url can write the same bytes in four ways.
  const expected = Buffer.from(sign(secret, address, expires))
  const given = Buffer.from(signature)
  const genuine = given.length === expected.length && timingSafeEqual(given, expected)
  if (!genuine || now.getTime() >= expires * 1000) throw new PosterframeError('invalid_signature')
}

// JSON keeps the parts apart: with mere concatenation a bucket "a" and key "bc" would sign for "ab" and "c".
function sign (secret: Buffer, { bucket, key }: ObjectAddress, expires: number): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['GET', bucket, key, expires]))
    .digest('base64url')
}
