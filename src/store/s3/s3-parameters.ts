import type { S3Client } from '@aws-sdk/client-s3'

/** Encryption at rest of the objects that the service writes. */
export interface S3Encryption {
  /** `AES256`: with a key that S3 manages. `aws:kms`: with a key in KMS. */
  readonly algorithm: 'AES256' | 'aws:kms'
  /** Id or ARN of the KMS key; undefined: the account's own key for S3. */
  readonly kmsKeyId: string | undefined
}

/** Settings that both S3 adapters share. */
export interface S3StoreOptions {
  readonly client: S3Client
  /** Signs URLs and forms for the endpoint that browsers reach; undefined: `client` does. */
  readonly signingClient?: S3Client | undefined
  /** Undefined: the default of the bucket. */
  readonly encryption?: S3Encryption | undefined
  /** Account that must own every bucket; S3 rejects requests to a bucket that another account has taken over. */
  readonly expectedBucketOwner?: string | undefined
  /** Clock for signing URLs. */
  readonly now?: () => Date
}

/**
 * Parameters of every request that names a bucket. They are left out of presigned requests, because the caller would
 * have to send the owner as a header.
 */
export function ownerParameters ({ expectedBucketOwner }: S3StoreOptions): { readonly ExpectedBucketOwner?: string } {
  return expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: expectedBucketOwner }
}

/** Parameters of every request that writes an object. */
export function encryptionParameters ({ encryption }: S3StoreOptions): {
  readonly ServerSideEncryption?: S3Encryption['algorithm']
  readonly SSEKMSKeyId?: string
} {
  if (encryption === undefined) return {}
  const { algorithm, kmsKeyId } = encryption
  return { ServerSideEncryption: algorithm, ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }) }
}
