import { createHmac, timingSafeEqual } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import type { PartedUpload, UploadTarget } from '../upload-store.ts'

/** The query of a URL that takes one part of an upload to the local store. */
export interface SignedPartQuery {
  readonly bucket: string
  readonly key: string
  readonly upload: string
  readonly part: number
  /** How long the part is. */
  readonly bytes: number
  /** Unix time in seconds; from that second on the URL is dead. */
  readonly expires: number
  /** HMAC-SHA256 in base64url. */
  readonly signature: string
}

/** What a form for the local store may bring. */
export interface FormPolicy extends UploadTarget {
  /** How long the file is. */
  readonly bytes: number
  /** Unix time in seconds; from that second on the form is dead. */
  readonly expires: number
}

/** Builds the URL that takes one part of exactly `bytes` until `expires`. `base` has no slash at its end. */
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

/** Throws `invalid_signature` unless all of this was signed with `secret` and it is not yet `expires`. */
export function verifyPartQuery (secret: Buffer, { signature, ...query }: SignedPartQuery, now: Date): void {
  verify(sign(secret, describePart(query)), signature)
  checkExpiry(query.expires, now)
}

/** The fields of a form: what it may bring, and the signature of that. */
export function signForm (secret: Buffer, policy: FormPolicy): { readonly policy: string, readonly signature: string } {
  const text = Buffer.from(JSON.stringify(policy)).toString('base64url')
  return { policy: text, signature: sign(secret, `POST ${text}`) }
}

/** Reads the fields of a form. Throws `invalid_signature` for what was not signed with `secret`, or has expired. */
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

// JSON keeps the parts apart, and the method keeps this signature from passing for that of a GET.
function describePart ({ bucket, key, upload, part, bytes, expires }: Omit<SignedPartQuery, 'signature'>): string {
  return JSON.stringify(['PUT', bucket, key, upload, part, bytes, expires])
}

function sign (secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

// The texts are compared, not what they decode to: base64url can write the same bytes in four ways.
function verify (expectedText: string, givenText: string): void {
  const [expected, given] = [Buffer.from(expectedText), Buffer.from(givenText)]
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new PosterframeError('invalid_signature')
  }
}

function checkExpiry (expires: number, now: Date): void {
  if (now.getTime() >= expires * 1000) throw new PosterframeError('invalid_signature')
}
