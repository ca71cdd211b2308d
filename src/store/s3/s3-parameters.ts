import type { HeadBucketCommand } from '@aws-sdk/client-s3'
import type { BucketClients, BucketClientsOptions } from './bucket-clients.ts'

/** Encryption at rest of the objects that the service writes. */
export interface S3Encryption {
  /** `AES256`: with a key that S3 manages. `aws:kms`: with a key in KMS. */
  readonly algorithm: 'AES256' | 'aws:kms'
  /** Id or ARN of the KMS key; undefined: the account's own key for S3. */
  readonly kmsKeyId: string | undefined
}

/** Settings that the S3 adapters share. */
export interface S3StoreOptions extends BucketClientsOptions {
  /** Clients that remember the regions of the buckets, if several adapters share them. */
  readonly clients?: BucketClients | undefined
  /** Undefined: the default of the bucket. */
  readonly encryption?: S3Encryption | undefined
  /** Account that must own every bucket; S3 rejects requests to a bucket that another account has taken over. */
  readonly expectedBucketOwner?: string | undefined
  /** Lifetime that is promised with temporary credentials whose end is unknown, in seconds. */
  readonly maxSessionSeconds?: number | undefined
  /** Clock for signing URLs. */
  readonly now?: () => Date
}

/** Parameters of requests to a bucket with Requester Pays, presigned ones included. */
export interface PayerParameters {
  readonly RequestPayer?: 'requester'
}

/**
 * Parameters of every request that names a bucket. The owner is left out of presigned requests, because the caller
 * would have to send it as a header.
 */
export function bucketParameters (
  options: S3StoreOptions,
  bucket: string
): PayerParameters & { readonly ExpectedBucketOwner?: string } {
  const owner = options.buckets?.[bucket]?.expectedOwner ?? options.expectedBucketOwner
  return { ...payerParameters(options, bucket), ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) }
}

/** Parameters of a presigned request. */
export function payerParameters ({ buckets }: S3StoreOptions, bucket: string): PayerParameters {
  return buckets?.[bucket]?.requesterPays === true ? { RequestPayer: 'requester' } : {}
}

/** Adds the header of Requester Pays to a command. HeadBucket has no parameter for it. */
export function payFor (command: HeadBucketCommand): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      ;(args.request as { headers: Record<string, string> }).headers['x-amz-request-payer'] = 'requester'
      return await next(args)
    },
    { step: 'build', name: 'posterframeRequestPayer' }
  )
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
