import type { EnvironmentReader } from './environment.ts'
import { MAX_OBJECT_BYTES } from '../uploads/part-size.ts'
import type { UploadMethod } from '../uploads/upload.ts'

/** Destination and limits of uploads that go directly to the store. */
export interface UploadConfig {
  /** One of the source buckets. */
  readonly bucket: string
  /** Ends with a slash, or is empty. */
  readonly prefix: string
  readonly maxBytes: number
  /** Lifetime of an upload, from start to completion. */
  readonly expiresInSeconds: number
  /** Multipart uploads of one caller that may be pending at once. */
  readonly maxPending: number
  /** How a file in one request is sent if the caller does not say. */
  readonly method: UploadMethod
  /** Signs the tokens of multipart uploads; undefined: not configured. */
  readonly secret: Uint8Array | undefined
  /** True if the service may generate a secret at its start. Not on Lambda, where each instance would have its own. */
  readonly mayMakeSecret: boolean
}

const MIN_SECRET_BYTES = 32

/** Reads the variables of uploads. */
export function readUploads (
  reader: EnvironmentReader,
  sourceBuckets: readonly [string, ...string[]],
  parsePrefix: (text: string) => string | undefined,
  lambda: boolean
): UploadConfig {
  const bucket = reader.readText('POSTERFRAME_UPLOAD_BUCKET') ?? sourceBuckets[0]
  if (!sourceBuckets.includes(bucket)) {
    reader.report(
      'POSTERFRAME_UPLOAD_BUCKET',
      'must be one of POSTERFRAME_SOURCE_BUCKETS, so that the service can read the uploads'
    )
  }
  const maxBytes = reader.readBytes('POSTERFRAME_MAX_STORED_UPLOAD_BYTES', 50 * 2 ** 30)
  if (maxBytes > MAX_OBJECT_BYTES) {
    reader.report('POSTERFRAME_MAX_STORED_UPLOAD_BYTES', 'must be at most 5TiB, the largest object of S3')
  }
  return Object.freeze({
    bucket,
    prefix: reader.readParsed(
      'POSTERFRAME_UPLOAD_PREFIX',
      'uploads/',
      'path segments such as uploads/, or / for none',
      parsePrefix
    ),
    maxBytes,
    expiresInSeconds: reader.readCount('POSTERFRAME_UPLOAD_EXPIRES_SECONDS', 86_400, { minimum: 60, maximum: 604_800 }),
    maxPending: reader.readCount('POSTERFRAME_MAX_PENDING_UPLOADS_PER_CALLER', 1000, { minimum: 1, maximum: 100_000 }),
    method: reader.readParsed<UploadMethod>('POSTERFRAME_UPLOAD_METHOD', 'post', 'post or put', parseMethod),
    secret: reader.readParsed<Uint8Array | undefined>(
      'POSTERFRAME_UPLOAD_SECRET',
      undefined,
      'at least 32 bytes in base64url',
      parseSecret
    ),
    mayMakeSecret: !lambda
  })
}

function parseMethod (text: string): UploadMethod | undefined {
  return text === 'post' || text === 'put' ? text : undefined
}

function parseSecret (text: string): Uint8Array | undefined {
  const secret = /^[\w-]+=*$/.test(text) ? Buffer.from(text, 'base64url') : undefined
  return secret === undefined || secret.length < MIN_SECRET_BYTES ? undefined : secret
}
