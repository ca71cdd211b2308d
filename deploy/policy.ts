/** One statement of an IAM policy, as JSON has it. */
export interface PolicyStatement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/**
 * The three functions; a container that answers HTTP has the rights of `api`, one that works on a queue those of
 * `events`.
 */
export type RoleName = 'api' | 'events' | 'batch'

/** What the rights are about. */
export interface PolicyScope {
  /** ARNs of the buckets that may be read. */
  readonly sourceBucketArns: readonly string[]
  /** What the keys of sources begin with, each ending with a slash; undefined: anything. */
  readonly sourcePrefixes: readonly string[] | undefined
  readonly outputBucketArn: string
  /** Ends with a slash, or is empty. */
  readonly outputPrefix: string
  /** Where `/v1/uploads` sends files to; undefined: nowhere. */
  readonly uploads: { readonly bucketArn: string, readonly prefixes: readonly string[] } | undefined
  /** Whether `events` deletes thumbnails whose source was deleted. */
  readonly deletesThumbnails: boolean
  /**
   * ARNs of the KMS keys of the buckets; a bucket without one needs no right. `upload` is the key of the upload
   * bucket.
   */
  readonly kms: {
    readonly sourceKeyArns: readonly string[]
    readonly outputKeyArn: string | undefined
    readonly uploadKeyArn: string | undefined
  }
  /** Restricts the keys to requests through S3 of this region; undefined: no restriction, for stores that know none. */
  readonly region: string | undefined
}

/** The rights of one function, and no more. */
export function planPolicy (role: RoleName, scope: PolicyScope): PolicyStatement[] {
  const statements = [...planReading(role, scope), ...planWriting(scope), ...planListing(scope)]
  if (role === 'events' && scope.deletesThumbnails) {
    statements.push(allow('DeleteThumbnails', ['s3:DeleteObject'], [below(scope.outputBucketArn, scope.outputPrefix)]))
  }
  if (role === 'api' && scope.uploads !== undefined) statements.push(...planUploads(scope.uploads))
  return [...statements, ...planKeys(role, scope)]
}

/** Events and jobs name the version that they are about; a request names none. */
function planReading (role: RoleName, { sourceBucketArns, sourcePrefixes = [''] }: PolicyScope): PolicyStatement[] {
  const resources = sourceBucketArns.flatMap((bucketArn) => sourcePrefixes.map((prefix) => below(bucketArn, prefix)))
  return [allow('ReadSources', role === 'api' ? ['s3:GetObject'] : ['s3:GetObject', 's3:GetObjectVersion'], resources)]
}

/** Getting is not for the service alone: whoever holds a presigned URL has the rights of its signer. */
function planWriting ({ outputBucketArn, outputPrefix }: PolicyScope): PolicyStatement[] {
  return [allow('KeepThumbnails', ['s3:GetObject', 's3:PutObject'], [below(outputBucketArn, outputPrefix)])]
}

/**
 * What makes an object that is not there a 404 and not a 403, and what HeadBucket asks for. Neither of them names a
 * prefix, so a plain condition on it would never hold for them; `IfExists` holds for them, and keeps listings with a
 * prefix to those that are meant.
 */
function planListing ({
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
    list('TellWhatIsMissing', sourceBucketArns, sourcePrefixes ?? ['']),
    list('TellWhatIsMade', [outputBucketArn], [outputPrefix])
  ]
}

/**
 * A multipart upload is begun, filled and completed by the right to put; to list its parts and to give it up are
 * rights of their own.
 */
function planUploads ({ bucketArn, prefixes }: NonNullable<PolicyScope['uploads']>): PolicyStatement[] {
  return [
    allow(
      'TakeUploads',
      ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      prefixes.map((prefix) => below(bucketArn, prefix))
    )
  ]
}

/** S3 decrypts what is read and the parts of what is completed, and asks for a data key for what is written. */
function planKeys (
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
