import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { BucketSettings } from '../store/s3/bucket-clients.ts'
import { DEFAULT_SESSION_SECONDS } from '../store/s3/s3-signing.ts'
import type { S3Encryption } from '../store/s3/s3-parameters.ts'
import type { EnvironmentReader } from './environment.ts'
import { BASE_URL, parseBaseUrl } from './parsers.ts'

/** Settings of S3 besides the buckets and the SDK's own variables. */
export interface S3Config {
  readonly s3ForcePathStyle: boolean
  /** Base of presigned URLs, without a slash at the end; undefined: the endpoint that the service uses. */
  readonly s3PublicEndpoint: string | undefined
  /** Encryption of thumbnails at rest; undefined: the default of the bucket. */
  readonly s3Encryption: S3Encryption | undefined
  /** Account that must own the buckets; undefined: any. */
  readonly s3ExpectedBucketOwner: string | undefined
  /** Longest lifetime of URLs signed with temporary credentials whose end is unknown. */
  readonly s3SessionSeconds: number
  /** Settings of single buckets, by name. */
  readonly s3Buckets: Readonly<Record<string, BucketSettings>>
}

const checkBucketSettings = Compile(
  Type.Record(
    Type.String(),
    Type.Object(
      {
        region: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })),
        requesterPays: Type.Optional(Type.Boolean()),
        expectedOwner: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' }))
      },
      { additionalProperties: false }
    )
  )
)

/** Reads the settings of S3 besides the buckets and the SDK's own variables. */
export function readS3Settings (
  reader: EnvironmentReader,
  store: 's3' | 'local',
  buckets: readonly string[]
): S3Config {
  const algorithm = reader.readParsed<S3Encryption['algorithm'] | undefined>(
    'POSTERFRAME_S3_SSE',
    undefined,
    'AES256 or aws:kms',
    parseAlgorithm
  )
  const kmsKeyId = reader.readText('POSTERFRAME_S3_KMS_KEY_ID')
  if (kmsKeyId !== undefined && algorithm !== 'aws:kms') {
    reader.report('POSTERFRAME_S3_KMS_KEY_ID', 'requires POSTERFRAME_S3_SSE=aws:kms')
  }
  if (store === 'local' && reader.readText('POSTERFRAME_S3_PUBLIC_ENDPOINT') !== undefined) {
    reader.report('POSTERFRAME_S3_PUBLIC_ENDPOINT', 'requires the s3 store; the local one has POSTERFRAME_PUBLIC_URL')
  }
  return {
    s3ForcePathStyle: reader.readFlag('POSTERFRAME_S3_FORCE_PATH_STYLE', false),
    s3PublicEndpoint: reader.readParsed<string | undefined>(
      'POSTERFRAME_S3_PUBLIC_ENDPOINT',
      undefined,
      BASE_URL,
      parseBaseUrl
    ),
    s3Encryption: algorithm === undefined ? undefined : Object.freeze({ algorithm, kmsKeyId }),
    s3ExpectedBucketOwner: reader.readParsed<string | undefined>(
      'POSTERFRAME_S3_EXPECTED_BUCKET_OWNER',
      undefined,
      'the 12 digits of an AWS account',
      (text) => (/^\d{12}$/.test(text) ? text : undefined)
    ),
    s3SessionSeconds: reader.readCount('POSTERFRAME_S3_SESSION_SECONDS', DEFAULT_SESSION_SECONDS, {
      minimum: 60,
      maximum: 604_800
    }),
    s3Buckets: readBucketSettings(reader, buckets)
  }
}

function readBucketSettings (
  reader: EnvironmentReader,
  buckets: readonly string[]
): Readonly<Record<string, BucketSettings>> {
  const name = 'POSTERFRAME_S3_BUCKETS'
  const settings = reader.readParsed<Readonly<Record<string, BucketSettings>>>(
    name,
    {},
    'a JSON object of buckets, each with any of region, requesterPays (true or false) and expectedOwner (12 digits)',
    parseBucketSettings
  )
  const unknown = Object.keys(settings).find((bucket) => !buckets.includes(bucket))
  if (unknown !== undefined) reader.report(name, `has settings of '${unknown}', which is not one of the buckets in use`)
  return Object.freeze(settings)
}

function parseBucketSettings (text: string): Readonly<Record<string, BucketSettings>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!checkBucketSettings.Check(value)) return undefined
    for (const settings of Object.values(value)) Object.freeze(settings)
    return value
  } catch {
    return undefined
  }
}

function parseAlgorithm (text: string): S3Encryption['algorithm'] | undefined {
  return text === 'AES256' || text === 'aws:kms' ? text : undefined
}
