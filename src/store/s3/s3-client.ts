import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Credentials that sign requests to AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Settings of the client that are not the SDK's own variables (endpoint, region, credentials). */
export interface S3ClientOptions {
  /** `http://host/bucket/key` instead of `http://bucket.host/key`, for S3-compatible servers. */
  readonly forcePathStyle: boolean
  /** Used instead of the SDK's credential chain. */
  readonly credentials?: AwsCredentials | undefined
  /** Time limit for a connection, a response, or the next bytes of one, in milliseconds. */
  readonly idleTimeoutMs?: number
  /** Attempts per request, the first included. Default: the SDK's default or its variable. */
  readonly maxAttempts?: number
}

/**
 * Turns off the checksums that the SDK adds by default: S3-compatible servers do not know them (they corrupt or reject
 * streams), and presigned URLs get them as parameters. The store checks lengths, and TLS protects the bytes in transit.
 */
export const WITHOUT_CHECKSUMS = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED'
} as const satisfies S3ClientConfig

/**
 * Returns a client whose endpoint, region and credentials come from the SDK's own variables. The caller calls its
 * `destroy`.
 */
export function createS3Client ({
  forcePathStyle,
  credentials,
  idleTimeoutMs = 10_000,
  maxAttempts
}: S3ClientOptions): S3Client {
  return new S3Client({
    forcePathStyle,
    ...(credentials === undefined ? {} : { credentials }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...WITHOUT_CHECKSUMS,
    requestHandler: new NodeHttpHandler({
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
      connectionTimeout: Math.min(idleTimeoutMs, 3_000),
      socketTimeout: idleTimeoutMs
    })
  })
}

/**
 * Returns a client that only signs: for the endpoint that browsers reach, with the credentials, the region and the path
 * style of `client`. It never opens a connection.
 */
export function createSigningClient (client: S3Client, endpoint: string | undefined): S3Client {
  if (endpoint === undefined) return client
  const { credentials, region, forcePathStyle } = client.config
  return new S3Client({ endpoint, credentials, region, forcePathStyle, ...WITHOUT_CHECKSUMS })
}
