import { S3Client } from '@aws-sdk/client-s3'
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
    // By default the SDK adds checksums that S3-compatible servers do not know (they corrupt or reject streams) and
    // hoists them into presigned URLs. The store checks lengths, and TLS protects the bytes in transit.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
      connectionTimeout: Math.min(idleTimeoutMs, 3_000),
      socketTimeout: idleTimeoutMs
    })
  })
}
