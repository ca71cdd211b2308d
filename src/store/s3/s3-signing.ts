import type { S3Client } from '@aws-sdk/client-s3'
import { PosterframeError } from '../../errors.ts'

/** When something is signed, and how long it then lives. */
export interface S3Signing {
  /** In whole seconds, as a signature has them. */
  readonly signingDate: Date
  /** In seconds, counted from `signingDate`. */
  readonly expiresIn: number
  readonly expiresAt: Date
}

/**
 * Plans a signature that shall live `expiresInSeconds`, or less where the credentials do: what is signed with
 * temporary ones dies with them. Throws `store_forbidden` where they have expired.
 */
export async function buildS3Signing (client: S3Client, now: Date, expiresInSeconds: number): Promise<S3Signing> {
  const { expiration } = await client.config.credentials()
  // A signature has whole seconds; a date that had more would outlive its URL.
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
