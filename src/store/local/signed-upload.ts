import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import type { ObjectLocation } from '../object-store.ts'
import type { UploadTarget } from '../upload-store.ts'

/** What a signed URL receives: a part of an upload (`upload`, `part`), or a whole file (`type`, `metadata`). */
export interface SignedPut extends ObjectLocation {
  /** ID of the upload. */
  readonly upload?: string
  /** Number of the part. */
  readonly part?: number
  /** Media type of the file. */
  readonly type?: string
  /** Metadata of the file, as JSON. */
  readonly metadata?: string
  /** Size of the part or the file. */
  readonly bytes: number
  /** Unix time in seconds at which the URL expires. */
  readonly expires: number
}

/** Query of such a URL. */
export interface SignedPutQuery extends SignedPut {
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

/** Builds a URL that receives a part or a file of exactly `bytes` until `expires`. `base` has no slash at its end. */
export function signPutUrl (secret: Buffer, base: string, put: SignedPut): string {
  const texts = Object.entries({ ...put, signature: sign(secret, describePut(put)) }).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`
  )
  return `${base}/objects?${texts.join('&')}`
}

/** Throws `invalid_signature` unless the whole query was signed with `secret` and has not expired. */
export function verifyPutQuery (secret: Buffer, { signature, ...put }: SignedPutQuery, now: Date): void {
  verify(sign(secret, describePut(put)), signature)
  checkExpiry(put.expires, now)
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
function describePut ({ bucket, key, upload, part, bytes, expires, type, metadata }: SignedPut): string {
  return JSON.stringify(['PUT', bucket, key, upload, part, bytes, expires, type, metadata])
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
