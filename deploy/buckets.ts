import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Key, type IKey } from 'aws-cdk-lib/aws-kms'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  ObjectOwnership,
  type BucketProps,
  type IBucket,
  type LifecycleRule
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import { getUploadPrefixes } from './environment.ts'
import type { ExistingBucket, Settings } from './settings.ts'
import { RETENTION } from './sizes.ts'

/** Buckets of the videos and the thumbnails. */
export interface Buckets {
  readonly source: IBucket
  /** The source bucket if this stack creates it, so that it can configure its notifications. */
  readonly ownSource: Bucket | undefined
  readonly output: IBucket
  /** Encrypts the buckets and the environment variables that this stack creates; undefined with `encryption=s3`. */
  readonly key: IKey | undefined
}

/** Prefix of the results and reports of jobs. The functions have no access to it. */
export const JOBS_PREFIX = 'jobs/'

/** Creates the buckets that do not exist yet. They stay when the stack is destroyed. */
export function createBuckets (scope: Construct, settings: Settings): Buckets {
  const key =
    settings.encryption === 'kms'
      ? new Key(scope, 'Key', {
        description: 'Posterframe: videos, thumbnails, environment',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN
      })
      : undefined
  const logs = settings.source !== undefined && settings.output !== undefined ? undefined : createLogBucket(scope)
  const open = (id: string, { name, keyArn }: ExistingBucket): IBucket =>
    Bucket.fromBucketAttributes(scope, id, {
      bucketName: name,
      ...(keyArn === undefined ? {} : { encryptionKey: Key.fromKeyArn(scope, `${id}Key`, keyArn) })
    })
  const create = (id: string, props: BucketProps): Bucket =>
    new Bucket(scope, id, {
      ...buildPrivateBucket(key),
      ...(logs === undefined ? {} : { serverAccessLogsBucket: logs, serverAccessLogsPrefix: `${id.toLowerCase()}/` }),
      ...props
    })
  const ownSource = settings.source === undefined ? create('Sources', buildSourceBucket(settings)) : undefined
  return {
    key,
    ownSource,
    source: ownSource ?? open('Sources', settings.source ?? { name: '', keyArn: undefined }),
    output:
      settings.output === undefined
        ? create('Thumbnails', buildOutputBucket(settings))
        : open('Thumbnails', settings.output)
  }
}

/** Encrypted, private, without ACLs, TLS only. The bucket key saves nearly all requests to KMS. */
function buildPrivateBucket (key: IKey | undefined): BucketProps {
  return {
    ...(key === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN
  }
}

/** Allows web pages to upload with presigned forms and parts: see docs/uploads.md. */
function buildSourceBucket (settings: Settings): BucketProps {
  const { corsOrigins, expireUploadsDays } = settings
  const expiring: LifecycleRule[] =
    expireUploadsDays === undefined
      ? []
      : getUploadPrefixes(settings).map((prefix) => ({
        id: `uploads below ${prefix}`,
        prefix,
        expiration: Duration.days(expireUploadsDays)
      }))
  return {
    lifecycleRules: [ABANDONED_UPLOADS, ...expiring],
    cors:
      corsOrigins.length === 0
        ? []
        : [
            {
              allowedOrigins: [...corsOrigins],
              allowedMethods: [HttpMethods.POST, HttpMethods.PUT],
              allowedHeaders: ['content-type', 'x-amz-meta-filename'],
              exposedHeaders: ['ETag'],
              maxAge: 600
            }
          ]
  }
}

/** Keeps thumbnails for ever, since their keys never change. Scripts of players fetch WebVTT, hence the GET. */
function buildOutputBucket ({ corsOrigins }: Settings): BucketProps {
  return {
    lifecycleRules: [
      ABANDONED_UPLOADS,
      { id: 'results of jobs', prefix: JOBS_PREFIX, expiration: Duration.days(RETENTION.jobDays) }
    ],
    cors:
      corsOrigins.length === 0
        ? []
        : [
            {
              allowedOrigins: [...corsOrigins],
              allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
              exposedHeaders: ['ETag'],
              maxAge: 600
            }
          ]
  }
}

const ABANDONED_UPLOADS: LifecycleRule = {
  id: 'parts of abandoned uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(RETENTION.abandonedUploadDays)
}

/** S3 writes access logs only to buckets that are encrypted with its own key. */
function createLogBucket (scope: Construct): Bucket {
  const bucket = new Bucket(scope, 'AccessLogs', {
    ...buildPrivateBucket(undefined),
    lifecycleRules: [{ id: 'old logs', expiration: Duration.days(RETENTION.accessLogDays) }]
  })
  acknowledge(bucket, { 'AwsSolutions-S1': 'It receives the access logs; logging access to it would log the logging.' })
  return bucket
}
