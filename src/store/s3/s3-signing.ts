import type { S3Client } from '@aws-sdk/client-s3'
import { PosterframeError } from '../../errors.ts'

/** Date and lifetime of a signature. */
export interface S3Signing {
  /** In whole seconds, the resolution of a signature; by the clock of the store. */
  readonly signingDate: Date
  /** In seconds, counted from `signingDate`. */
  readonly expiresIn: number
  /** By the clock of the store. */
  readonly expiresAt: Date
  /** True if the signature expires before the requested time. */
  readonly isShortened: boolean
}

/** The wanted lifetime of a signature, and what it is signed with. */
export interface S3SigningOptions {
  /** The clock of this machine. */
  readonly now: Date
  readonly expiresInSeconds: number
  /** Lifetime that is promised with temporary credentials whose end is unknown. */
  readonly maxSessionSeconds?: number | undefined
}

/** Default of `maxSessionSeconds`: the shortest session of a role that AWS grants by default. */
export const DEFAULT_SESSION_SECONDS = 3600
/** A Date header has a resolution of a second, and takes a while to arrive: a smaller difference may be none. */
const MIN_OFFSET_MS = 5_000

/**
 * Returns the date and lifetime of a signature: `expiresInSeconds`, or less if the credentials expire before. Of
 * temporary credentials that do not say when they expire, such as those in the environment of a Lambda function, it
 * promises no more than `maxSessionSeconds`.
 *
 * @throws PosterframeError `store_forbidden` if the credentials have expired
 */
export async function buildS3Signing (client: S3Client, options: S3SigningOptions): Promise<S3Signing> {
  const { now, expiresInSeconds, maxSessionSeconds = DEFAULT_SESSION_SECONDS } = options
  const { expiration, sessionToken } = await client.config.credentials()
  const { systemClockOffset } = client.config
  const offsetMs = Math.abs(systemClockOffset) < MIN_OFFSET_MS ? 0 : systemClockOffset
  // Signatures have a resolution of a second; a more precise date would outlive its URL.
  const signedAtSeconds = Math.floor((now.getTime() + offsetMs) / 1000)
  const ofSession = sessionToken === undefined ? Infinity : maxSessionSeconds
  const ofCredentials =
    expiration === undefined ? ofSession : Math.floor(expiration.getTime() / 1000) - signedAtSeconds
  const expiresIn = Math.min(expiresInSeconds, ofCredentials)
  if (expiresIn < 1) {
    throw new PosterframeError('store_forbidden', { detail: 'The credentials of this service have expired.' })
  }
  return {
    signingDate: new Date(signedAtSeconds * 1000),
    expiresIn,
    expiresAt: new Date((signedAtSeconds + expiresIn) * 1000),
    isShortened: expiresIn < expiresInSeconds
  }
}
