import { createHmac, timingSafeEqual } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'

const ClaimsSchema = Type.Object(
  {
    bucket: Type.String(),
    key: Type.String(),
    uploadId: Type.String(),
    /** Of the whole file. */
    bytes: Type.Integer(),
    partBytes: Type.Integer(),
    /** Unix time in seconds; from then on the token is dead. */
    expires: Type.Integer()
  },
  { additionalProperties: false }
)
const validator = Compile(ClaimsSchema)

/**
 * What a token says of an upload in parts. The caller is not in it and signed with it: nobody else's token is the
 * same.
 */
export type UploadClaims = Static<typeof ClaimsSchema>

/** The token of an upload in parts, for the caller of that name (undefined: whoever comes, where nobody is asked). */
export function signUploadToken (secret: Uint8Array, claims: UploadClaims, caller: string | undefined): string {
  const { bucket, key, uploadId, bytes, partBytes, expires } = claims
  const text = Buffer.from(JSON.stringify({ bucket, key, uploadId, bytes, partBytes, expires })).toString('base64url')
  return `${text}.${sign(secret, text, caller)}`
}

/**
 * Reads a token. Throws `invalid_upload_token` unless it was signed with `secret` for this very caller and has not
 * expired.
 */
export function verifyUploadToken (
  secret: Uint8Array,
  token: string,
  caller: string | undefined,
  now: Date
): UploadClaims {
  const [text = '', signature = '', ...others] = token.split('.')
  // The texts are compared, not what they decode to: base64url can write the same bytes in four ways.
  const expected = Buffer.from(sign(secret, text, caller))
  const given = Buffer.from(signature)
  const genuine = given.length === expected.length && timingSafeEqual(given, expected)
  if (!genuine || others.length > 0) throw new PosterframeError('invalid_upload_token')
  const claims: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
  if (!validator.Check(claims) || now.getTime() >= claims.expires * 1000) {
    throw new PosterframeError('invalid_upload_token')
  }
  return claims
}

// The words keep it apart from whatever else is signed with the secret; JSON keeps no name apart from every name.
function sign (secret: Uint8Array, text: string, caller: string | undefined): string {
  return createHmac('sha256', secret)
    .update(`posterframe upload\n${text}\n${JSON.stringify(caller ?? null)}`)
    .digest('base64url')
}
