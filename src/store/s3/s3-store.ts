import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { isPosterframeError } from '../../errors.ts'
import { guardBody } from '../guarded-body.ts'
import { checkKey } from '../object-key.ts'
import type { ListedObject, ObjectHead, ObjectStore } from '../object-store.ts'
import { blameBucket, toStoreError } from './s3-error.ts'
import { buildS3Signing } from './s3-signing.ts'

/** What signs requests to S3. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** How the client speaks to S3; endpoint, region and credentials are the SDK's own variables. */
export interface S3ClientOptions {
  /** `http://host/bucket/key` in the place of `http://bucket.host/key`, for look-alikes of S3. */
  readonly forcePathStyle: boolean
  /** Taken in the place of what the SDK would find. */
  readonly credentials?: AwsCredentials | undefined
  /** How long a connection, an answer, or the next bytes of one may take, in milliseconds. */
  readonly idleTimeoutMs?: number
  /** How often a request is sent in all; the SDK's own default and variable decide where absent. */
  readonly maxAttempts?: number
}

/**
 * A client whose endpoint, region and credentials are the SDK's own variables. Whoever makes it calls its `destroy`.
 */
export function createS3Client ({
  forcePathStyle,
  credentials,
  idleTimeoutMs = 10_000,
  maxAttempts
}: S3ClientOptions): S3Client {
  return new S3Client({
    forcePathStyle,
    ...(credentials === undefined ? {} : { credentials }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    // The default adds checksums that look-alikes do not know (streams are stored corrupt or refused) and hoists them
    // into presigned URLs; the length is checked here, and TLS guards the bytes on their way.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
      connectionTimeout: Math.min(idleTimeoutMs, 3_000),
      socketTimeout: idleTimeoutMs
    })
  })
}

/** How what is put is encrypted at rest. */
export interface S3Encryption {
  /** `AES256`: by a key of S3. `aws:kms`: by one of KMS. */
  readonly algorithm: 'AES256' | 'aws:kms'
  /** Id or ARN of the KMS key; undefined: the account's own for S3. */
  readonly kmsKeyId: string | undefined
}

/** What the store stands on. */
export interface S3StoreOptions {
  readonly client: S3Client
  /** Undefined: as the bucket says. */
  readonly encryption?: S3Encryption | undefined
  /** The account that every bucket must belong to: one that was deleted and taken by somebody else is refused. */
  readonly expectedBucketOwner?: string | undefined
  /** The clock that URLs are signed by. */
  readonly now?: () => Date
}

/**
 * The store on Amazon S3, or on a server that speaks its protocol. Uses PutObject, HeadObject, GetObject,
 * ListObjectsV2 and HeadBucket.
 */
export function createS3Store ({
  client,
  encryption,
  expectedBucketOwner,
  now = () => new Date()
}: S3StoreOptions): ObjectStore {
  // Not in presigned URLs: whoever fetches one would have to send it as a header.
  const owner = expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: expectedBucketOwner }
  const encrypted =
    encryption === undefined
      ? {}
      : {
          ServerSideEncryption: encryption.algorithm,
          ...(encryption.kmsKeyId === undefined ? {} : { SSEKMSKeyId: encryption.kmsKeyId })
        }
  return {
    async head ({ bucket, key }, { signal }) {
      checkKey(key)
      try {
        return readHead(
          await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ...owner }), { abortSignal: signal })
        )
      } catch (error) {
        const mapped = toStoreError(error, signal)
        if (isPosterframeError(mapped, 'source_not_found')) return undefined
        throw mapped
      }
    },

    async get ({ bucket, key }, { signal, range, ifMatch }) {
      checkKey(key)
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...owner,
        ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
        ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` })
      })
      const toError = (error: unknown) => toStoreError(error, signal)
      try {
        const answer = await client.send(command, { abortSignal: signal })
        const body = guardBody(answer.Body as Readable, { bytes: answer.ContentLength ?? 0, signal, toError })
        return { ...readHead({ ...answer, ContentLength: readWholeBytes(answer) }), body }
      } catch (error) {
        throw toError(error)
      }
    },

    async put ({ bucket, key }, data, { signal, contentType, cacheControl, metadata }) {
      checkKey(key)
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: data,
        ContentType: contentType,
        CacheControl: cacheControl,
        Metadata: { ...metadata },
        ...owner,
        ...encrypted
      })
      try {
        await client.send(command, { abortSignal: signal })
      } catch (error) {
        throw blameBucket(toStoreError(error, signal))
      }
    },

    async delete ({ bucket, key }, { signal }) {
      checkKey(key)
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...owner }), { abortSignal: signal })
      } catch (error) {
        throw blameBucket(toStoreError(error, signal))
      }
    },

    async presignGet ({ bucket, key }, { expiresInSeconds }) {
      checkKey(key)
      try {
        const { signingDate, expiresIn, expiresAt } = await buildS3Signing(client, now(), expiresInSeconds)
        const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
          expiresIn,
          signingDate
        })
        return { url, expiresAt }
      } catch (error) {
        throw toStoreError(error)
      }
    },

    async * list (bucket, { prefix, signal }) {
      const fetchPage = async (ContinuationToken?: string) => {
        // XML cannot hold every character that a key may have.
        const command = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          EncodingType: 'url',
          ...owner,
          ...(ContinuationToken === undefined ? {} : { ContinuationToken })
        })
        try {
          return await client.send(command, { abortSignal: signal })
        } catch (error) {
          throw blameBucket(toStoreError(error, signal))
        }
      }
      for (let page: Promise<ListAnswer> | undefined = fetchPage(); page !== undefined;) {
        const { NextContinuationToken, ...listed }: ListAnswer = await page
        // While this one is worked on. That it failed is told when it is its turn.
        page = NextContinuationToken === undefined ? undefined : fetchPage(NextContinuationToken)
        page?.catch(() => {})
        yield * readListing(listed)
      }
    },

    async check (bucket, { signal }) {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket, ...owner }), { abortSignal: signal })
      } catch (error) {
        throw blameBucket(toStoreError(error, signal))
      }
    }
  }
}

interface HeadAnswer {
  readonly ContentLength?: number | undefined
  readonly ContentType?: string | undefined
  readonly ETag?: string | undefined
  readonly Metadata?: Record<string, string> | undefined
}

function readHead ({
  ContentLength: bytes,
  ContentType: contentType,
  ETag: etag,
  Metadata: metadata
}: HeadAnswer): ObjectHead {
  if (bytes === undefined || etag === undefined) throw new Error('The store told no length or no entity tag.')
  return {
    bytes,
    etag: etag.replace(/^"(.*)"$/, '$1'),
    contentType: contentType ?? 'application/octet-stream',
    metadata: metadata ?? {}
  }
}

interface ListAnswer {
  readonly Contents?:
    | ReadonlyArray<{
      readonly Key?: string | undefined
      readonly Size?: number | undefined
      readonly ETag?: string | undefined
    }>
    | undefined
  readonly EncodingType?: string | undefined
  readonly NextContinuationToken?: string | undefined
}

function readListing ({ Contents = [], EncodingType }: ListAnswer): ListedObject[] {
  return Contents.map(({ Key = '', Size = 0, ETag = '' }) => ({
    key: EncodingType === 'url' ? decodeForm(Key) : Key,
    bytes: Size,
    etag: ETag.replace(/^"(.*)"$/, '$1')
  }))
}

/** A blank is a plus there, and a plus `%2B`. */
function decodeForm (text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/** The size of the whole object, which stands after the slash where only a part came. */
function readWholeBytes (answer: {
  ContentRange?: string | undefined
  ContentLength?: number | undefined
}): number | undefined {
  const total = answer.ContentRange?.split('/')[1]
  return total === undefined ? answer.ContentLength : Number(total)
}
