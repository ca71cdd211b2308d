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
import { planUploadPrefixes } from './environment.ts'
import type { ExistingBucket, Settings } from './settings.ts'
import { RETENTION } from './sizes.ts'

/** Where videos come from and thumbnails go. */
export interface Buckets {
  readonly source: IBucket
  /** The same where it was made here, and its notifications are part of it. */
  readonly ownSource: Bucket | undefined
  readonly output: IBucket
  /** Of what is made here: buckets and environment variables; undefined with `encryption=s3`. */
  readonly key: IKey | undefined
}

/** Results and reports of jobs, beside the thumbnails and out of reach of the functions. */
export const JOBS_PREFIX = 'jobs/'

/** Makes the buckets that are not there already. What is made is kept when the stack is destroyed. */
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
      ...planClosedBucket(key),
      ...(logs === undefined ? {} : { serverAccessLogsBucket: logs, serverAccessLogsPrefix: `${id.toLowerCase()}/` }),
      ...props
    })
  const ownSource = settings.source === undefined ? create('Sources', planSources(settings)) : undefined
  return {
    key,
    ownSource,
    source: ownSource ?? open('Sources', settings.source ?? { name: '', keyArn: undefined }),
    output:
      settings.output === undefined
        ? create('Thumbnails', outputArguments(settings))
        : open('Thumbnails', settings.output)
  }
}

/** Encrypted, nothing public, no ACLs, TLS alone. The key of the bucket saves nearly all requests to KMS. */
function planClosedBucket (key: IKey | undefined): BucketProps {
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

/** Pages send files to it by presigned forms and parts, as docs/uploads.md says. */
function planSources (settings: Settings): BucketProps {
  const { corsOrigins, expireUploadsDays } = settings
  const expiring: LifecycleRule[] =
    expireUploadsDays === undefined
      ? []
      : planUploadPrefixes(settings).map((prefix) => ({
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
              allowedHeaders: ['content-type'],
              exposedHeaders: ['ETag'],
              maxAge: 600
            }
          ]
  }
}

/** A thumbnail is kept: it has the same key for ever. Players fetch WebVTT by script, hence the GET. */
function outputArguments ({ corsOrigins }: Settings): BucketProps {
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
  id: 'parts of uploads that were given up',
  abortIncompleteMultipartUploadAfter: Duration.days(RETENTION.abandonedUploadDays)
}

/** S3 writes its logs with no key but its own. */
function createLogBucket (scope: Construct): Bucket {
  const bucket = new Bucket(scope, 'AccessLogs', {
    ...planClosedBucket(undefined),
    lifecycleRules: [{ id: 'old logs', expiration: Duration.days(RETENTION.accessLogDays) }]
  })
  acknowledge(bucket, { 'AwsSolutions-S1': 'It is where the logs go; a log of the log would log itself.' })
  return bucket
}
