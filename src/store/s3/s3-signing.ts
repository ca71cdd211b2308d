import type { S3Client } from '@aws-sdk/client-s3'
import { PosterframeError } from '../../errors.ts'

/** Date and lifetime of a signature. */
export interface S3Signing {
  /** In whole seconds, the resolution of a signature. */
  readonly signingDate: Date
  /** In seconds, counted from `signingDate`. */
  readonly expiresIn: number
  readonly expiresAt: Date
}

/**
 * Returns the date and lifetime of a signature: `expiresInSeconds`, or less if the credentials expire before.
 *
 * @throws PosterframeError `store_forbidden` if the credentials have expired
 */
export async function buildS3Signing (client: S3Client, now: Date, expiresInSeconds: number): Promise<S3Signing> {
  const { expiration } = await client.config.credentials()
  // Signatures have a resolution of a second; a more precise date would outlive its URL.
  const signedAtSeconds = Math.floor(now.getTime() / 1000)
  const expiresIn = Math.min(expiresInSeconds, Math.floor((expiration?.getTime() ?? Infinity) / 1000) - signedAtSeconds)
  if (expiresIn < 1) {
    throw new PosterframeError('store_forbidden', { detail: 'The credentials of this service have expired.' })
  }
  return {
    signingDate: new Date(signedAtSeconds * 1000),
    expiresIn,
    expiresAt: new Date((signedAtSeconds + expiresIn) * 1000)
  }
}
