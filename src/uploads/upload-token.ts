import { createHmac, timingSafeEqual } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'

const ClaimsSchema = Type.Object(
  {
    bucket: Type.String(),
    key: Type.String(),
    uploadId: Type.String(),
    /** Size of the file. */
    bytes: Type.Integer(),
    partBytes: Type.Integer(),
    /** Unix time in seconds at which the token expires. */
    expires: Type.Integer()
  },
  { additionalProperties: false }
)
const validator = Compile(ClaimsSchema)

/** Claims of the token of a multipart upload. The caller is not among them, but is signed with them. */
export type UploadClaims = Static<typeof ClaimsSchema>

/**
 * Signs the token of a multipart upload.
 *
 * @param caller name of the only caller that may use it; undefined if the service does not authenticate callers
 */
export function signUploadToken (secret: Uint8Array, claims: UploadClaims, caller: string | undefined): string {
  const { bucket, key, uploadId, bytes, partBytes, expires } = claims
  const text = Buffer.from(JSON.stringify({ bucket, key, uploadId, bytes, partBytes, expires })).toString('base64url')
  return `${text}.${sign(secret, text, caller)}`
}

/**
 * Verifies a token and returns its claims.
 *
 * @throws PosterframeError `invalid_upload_token` unless it was signed with `secret` for `caller` and has not expired
 */
export function verifyUploadToken (
  secret: Uint8Array,
  token: string,
  caller: string | undefined,
  now: Date
): UploadClaims {
  const [text = '', signature = '', ...others] = token.split('.')
  // Compares the texts and not the bytes that they decode to: base64url can encode the same bytes in four ways.
  const expected = Buffer.from(sign(secret, text, caller))
  const given = Buffer.from(signature)
  const isGenuine = given.length === expected.length && timingSafeEqual(given, expected)
  if (!isGenuine || others.length > 0) throw new PosterframeError('invalid_upload_token')
  const claims: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
  if (!validator.Check(claims) || now.getTime() >= claims.expires * 1000) {
    throw new PosterframeError('invalid_upload_token')
  }
  return claims
}

// The prefix separates the signature from others with the same secret; JSON separates no name (null) from every name.
function sign (secret: Uint8Array, text: string, caller: string | undefined): string {
  return createHmac('sha256', secret)
    .update(`posterframe upload\n${text}\n${JSON.stringify(caller ?? null)}`)
    .digest('base64url')
}
