import type { S3Encryption } from '../store/s3/s3-parameters.ts'
import type { EnvironmentReader } from './environment.ts'

/** Reads the encryption of objects in S3 and the expected owner of the buckets. */
export function readS3Writing (reader: EnvironmentReader): {
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
  return {
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
