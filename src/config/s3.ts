import type { EnvironmentReader } from './environment.ts'

/** How pictures are encrypted at rest. */
export interface S3EncryptionConfig {
  readonly algorithm: 'AES256' | 'aws:kms'
  /** Id or ARN of the KMS key; undefined: the account's own for S3. */
  readonly kmsKeyId: string | undefined
}

/** Reads how objects are written to S3, and whose the buckets are. */
export function readS3Writing (reader: EnvironmentReader): {
  readonly s3Encryption: S3EncryptionConfig | undefined
  readonly s3ExpectedBucketOwner: string | undefined
} {
  const algorithm = reader.readParsed<S3EncryptionConfig['algorithm'] | undefined>(
    'POSTERFRAME_S3_SSE',
    undefined,
    'AES256 or aws:kms',
    parseAlgorithm
  )
  const kmsKeyId = reader.readText('POSTERFRAME_S3_KMS_KEY_ID')
  if (kmsKeyId !== undefined && algorithm !== 'aws:kms') {
    reader.report('POSTERFRAME_S3_KMS_KEY_ID', 'is of no use unless POSTERFRAME_S3_SSE is aws:kms')
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

function parseAlgorithm (text: string): S3EncryptionConfig['algorithm'] | undefined {
  return text === 'AES256' || text === 'aws:kms' ? text : undefined
}
