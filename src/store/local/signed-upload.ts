import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import type { PartedUpload, UploadTarget } from '../upload-store.ts'

/** Query of a signed URL that receives one part of an upload. */
export interface SignedPartQuery {
  readonly bucket: string
  readonly key: string
  readonly upload: string
  readonly part: number
  /** Size of the part. */
  readonly bytes: number
  /** Unix time in seconds at which the URL expires. */
  readonly expires: number
  /** HMAC-SHA256 in base64url. */
  readonly signature: string
}

/** Policy of a signed form. */
export interface FormPolicy extends UploadTarget {
  /** Size of the file. */
  readonly bytes: number
  /** Unix time in seconds at which the form expires. */
  readonly expires: number
}

/** Builds a URL that receives one part of exactly `bytes` until `expires`. `base` has no slash at its end. */
export function signPartUrl (
  secret: Buffer,
  base: string,
  { bucket, key, uploadId: upload }: PartedUpload,
  limits: Pick<SignedPartQuery, 'part' | 'bytes' | 'expires'>
): string {
  const query = { bucket, key, upload, ...limits }
  const texts = Object.entries({ ...query, signature: sign(secret, describePart(query)) }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`
  )
  return `${base}/objects?${texts.join('&')}`
}

/** Throws `invalid_signature` unless the whole query was signed with `secret` and has not expired. */
export function verifyPartQuery (secret: Buffer, { signature, ...query }: SignedPartQuery, now: Date): void {
  verify(sign(secret, describePart(query)), signature)
  checkExpiry(query.expires, now)
}

/** Returns the fields of a form: its policy and the signature of it. */
export function signForm (secret: Buffer, policy: FormPolicy): { readonly policy: string, readonly signature: string } {
  const text = Buffer.from(JSON.stringify(policy)).toString('base64url')
  return { policy: text, signature: sign(secret, `POST ${text}`) }
}

/**
 * Reads the policy from the fields of a form. Throws `invalid_signature` unless it was signed with `secret` and has
 * not expired.
 */
export function verifyForm (
  secret: Buffer,
  { policy, signature }: Readonly<Record<string, string>>,
  now: Date
): FormPolicy {
  if (policy === undefined || signature === undefined) throw new PosterframeError('invalid_signature')
  verify(sign(secret, `POST ${policy}`), signature)
  const read = JSON.parse(Buffer.from(policy, 'base64url').toString()) as FormPolicy
  checkExpiry(read.expires, now)
  return read
}

// JSON separates the parts unambiguously; the method keeps this signature from being valid for a GET.
function describePart ({ bucket, key, upload, part, bytes, expires }: Omit<SignedPartQuery, 'signature'>): string {
  return JSON.stringify(['PUT', bucket, key, upload, part, bytes, expires])
}

function sign (secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

// The encoded texts are compared, because base64url can encode the same bytes in four ways.
function verify (expectedText: string, givenText: string): void {
  const [expected, given] = [Buffer.from(expectedText), Buffer.from(givenText)]
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new PosterframeError('invalid_signature')
  }
}

function checkExpiry (expires: number, now: Date): void {
  if (now.getTime() >= expires * 1000) throw new PosterframeError('invalid_signature')
}
