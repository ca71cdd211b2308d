import type { S3Encryption } from '../store/s3/s3-parameters.ts'
import type { EnvironmentReader } from './environment.ts'
import { BASE_URL, parseBaseUrl } from './parsers.ts'

/** Reads the settings of S3 besides the buckets and the SDK's own variables. */
export function readS3Settings (reader: EnvironmentReader, store: 's3' | 'local'): {
  readonly s3ForcePathStyle: boolean
  readonly s3PublicEndpoint: string | undefined
  readonly s3Encryption: S3Encryption | undefined
  readonly s3ExpectedBucketOwner: string | undefined
} {
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
    )
  }
}

function parseAlgorithm (text: string): S3Encryption['algorithm'] | undefined {
  return text === 'AES256' || text === 'aws:kms' ? text : undefined
}
