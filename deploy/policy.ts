/** One statement of an IAM policy document. */
export interface PolicyStatement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/**
 * Names of the three functions. A container that serves HTTP needs the permissions of `api`, a queue worker those of
 * `events`.
 */
export type RoleName = 'api' | 'events' | 'batch'

/** Resources that the permissions apply to. */
export interface PolicyScope {
  /** ARNs of the readable buckets. */
  readonly sourceBucketArns: readonly string[]
  /** Prefixes of the readable keys, each with a slash at the end; undefined: all keys. */
  readonly sourcePrefixes: readonly string[] | undefined
  readonly outputBucketArn: string
  /** Ends with a slash, or is empty. */
  readonly outputPrefix: string
  /** Destination of `/v1/uploads`; undefined: no uploads. */
  readonly uploads: { readonly bucketArn: string, readonly prefixes: readonly string[] } | undefined
  /** True if `events` deletes the thumbnails of deleted sources. */
  readonly deletesThumbnails: boolean
  /** ARNs of the KMS keys of the buckets; a bucket without one needs no permission. */
  readonly kms: {
    readonly sourceKeyArns: readonly string[]
    readonly outputKeyArn: string | undefined
    readonly uploadKeyArn: string | undefined
  }
  /**
   * Restricts the keys to requests through S3 in this region; undefined: no restriction, for stores without regions.
   */
  readonly region: string | undefined
}

/** Returns the permissions that one function needs, and no others. */
export function buildPolicy (role: RoleName, scope: PolicyScope): PolicyStatement[] {
  const statements = [...buildReading(role, scope), ...buildWriting(scope), ...buildListing(scope)]
  if (role === 'events' && scope.deletesThumbnails) {
    statements.push(allow('DeleteThumbnails', ['s3:DeleteObject'], [below(scope.outputBucketArn, scope.outputPrefix)]))
  }
  if (role === 'api' && scope.uploads !== undefined) statements.push(...buildUploads(scope.uploads))
  return [...statements, ...buildKeys(role, scope)]
}

/** Events and jobs name a version of the source; requests do not. */
function buildReading (role: RoleName, { sourceBucketArns, sourcePrefixes = [''] }: PolicyScope): PolicyStatement[] {
  const resources = sourceBucketArns.flatMap((bucketArn) => sourcePrefixes.map((prefix) => below(bucketArn, prefix)))
  return [allow('ReadSources', role === 'api' ? ['s3:GetObject'] : ['s3:GetObject', 's3:GetObjectVersion'], resources)]
}

/** `s3:GetObject` is also for presigned URLs, which have the permissions of their signer. */
function buildWriting ({ outputBucketArn, outputPrefix }: PolicyScope): PolicyStatement[] {
  return [allow('WriteThumbnails', ['s3:GetObject', 's3:PutObject'], [below(outputBucketArn, outputPrefix)])]
}

/**
 * `s3:ListBucket` makes S3 answer 404 instead of 403 for a missing object, and HeadBucket needs it. Neither request has
 * a prefix, so a plain condition on the prefix would deny both. `IfExists` allows both, and still restricts listings
 * that have a prefix.
 */
function buildListing ({
  sourceBucketArns,
  sourcePrefixes,
  outputBucketArn,
  outputPrefix
}: PolicyScope): PolicyStatement[] {
  const list = (sid: string, bucketArns: readonly string[], prefixes: readonly string[]): PolicyStatement => ({
    ...allow(sid, ['s3:ListBucket'], bucketArns),
    ...(prefixes.includes('')
      ? {}
      : { Condition: { StringLikeIfExists: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } } })
  })
  return [
    list('ListSources', sourceBucketArns, sourcePrefixes ?? ['']),
    list('ListThumbnails', [outputBucketArn], [outputPrefix])
  ]
}

/**
 * `s3:PutObject` covers starting, filling and completing a multipart upload; listing its parts and aborting it need
 * permissions of their own.
 */
function buildUploads ({ bucketArn, prefixes }: NonNullable<PolicyScope['uploads']>): PolicyStatement[] {
  return [
    allow(
      'ReceiveUploads',
      ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      prefixes.map((prefix) => below(bucketArn, prefix))
    )
  ]
}

/**
 * S3 decrypts objects that are read and parts that are completed, and needs a data key for objects that are written.
 */
function buildKeys (
  role: RoleName,
  { kms: { sourceKeyArns, outputKeyArn, uploadKeyArn }, uploads, region }: PolicyScope
): PolicyStatement[] {
  const condition =
    region === undefined ? {} : { Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } } }
  const written = [outputKeyArn, ...(role === 'api' && uploads !== undefined ? [uploadKeyArn] : [])].filter(
    (arn) => arn !== undefined
  )
  return [
    { ...allow('Decrypt', ['kms:Decrypt'], [...sourceKeyArns, ...written]), ...condition },
    { ...allow('Encrypt', ['kms:GenerateDataKey'], written), ...condition }
  ].filter(({ Resource }) => Resource.length > 0)
}

function allow (sid: string, actions: readonly string[], resources: readonly string[]): PolicyStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: [...new Set(resources)] }
}

function below (bucketArn: string, prefix: string): string {
  return `${bucketArn}/${prefix}*`
}
