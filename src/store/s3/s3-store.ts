import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isPosterframeError } from '../../errors.ts'
import { guardBody } from '../guarded-body.ts'
import { checkKey } from '../object-key.ts'
import type { ListedObject, ObjectLocation, ObjectHead, ObjectStore, PresignedUrl } from '../object-store.ts'
import { blameBucket, incompleteResponseError, toStoreError } from './s3-error.ts'
import { encryptionParameters, ownerParameters, type S3StoreOptions } from './s3-parameters.ts'
import { buildS3Signing } from './s3-signing.ts'

/**
 * The object store on Amazon S3 or an S3-compatible server. Uses PutObject, HeadObject, GetObject, DeleteObject,
 * ListObjectsV2 and HeadBucket.
 */
export function createS3Store (options: S3StoreOptions): ObjectStore {
  const { client, signingClient = client, now = () => new Date() } = options
  const owner = ownerParameters(options)
  const encrypted = encryptionParameters(options)

  async function presign (
    Command: typeof GetObjectCommand | typeof HeadObjectCommand,
    { bucket, key }: ObjectLocation,
    expiresInSeconds: number
  ): Promise<PresignedUrl> {
    checkKey(key)
    try {
      const { signingDate, expiresIn, expiresAt } = await buildS3Signing(signingClient, now(), expiresInSeconds)
      const command = new Command({ Bucket: bucket, Key: key })
      const url = await getSignedUrl(signingClient, command, { expiresIn, signingDate })
      return { url, expiresAt }
    } catch (error) {
      throw toStoreError(error, { subject: { bucket, key } })
    }
  }

  return {
    async head ({ bucket, key }, { signal }) {
      checkKey(key)
      try {
        return readHead(
          await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ...owner }), { abortSignal: signal })
        )
      } catch (error) {
        const mapped = toStoreError(error, { subject: { bucket, key }, signal })
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
      const toError = (error: unknown) => toStoreError(error, { subject: { bucket, key }, signal })
      try {
        const response = await client.send(command, { abortSignal: signal })
        const body = guardBody(response.Body as Readable, { bytes: response.ContentLength ?? 0, signal, toError })
        return { ...readHead({ ...response, ContentLength: readTotalSize(response) }), body }
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
        throw blameBucket(toStoreError(error, { subject: { bucket, key }, signal }))
      }
    },

    async delete ({ bucket, key }, { signal }) {
      checkKey(key)
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...owner }), { abortSignal: signal })
      } catch (error) {
        throw blameBucket(toStoreError(error, { subject: { bucket, key }, signal }))
      }
    },

    presignGet: (location, { expiresInSeconds }) => presign(GetObjectCommand, location, expiresInSeconds),
    presignHead: (location, { expiresInSeconds }) => presign(HeadObjectCommand, location, expiresInSeconds),

    async * list (bucket, { prefix, signal }) {
      const fetchPage = async (ContinuationToken?: string) => {
        // XML cannot represent every character that a key may contain.
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
          throw blameBucket(toStoreError(error, { subject: { bucket }, signal }))
        }
      }
      for (let page: Promise<ListResponse> | undefined = fetchPage(); page !== undefined;) {
        const { NextContinuationToken, ...listed }: ListResponse = await page
        // Prefetched while the caller works on this page; a failure is thrown when its turn comes.
        page = NextContinuationToken === undefined ? undefined : fetchPage(NextContinuationToken)
        page?.catch(() => {})
        yield * readListing(listed)
      }
    },

    async check (bucket, { signal }) {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket, ...owner }), { abortSignal: signal })
      } catch (error) {
        throw blameBucket(toStoreError(error, { subject: { bucket }, signal }))
      }
    }
  }
}

interface HeadResponse {
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
}: HeadResponse): ObjectHead {
  if (bytes === undefined) throw incompleteResponseError('Content-Length')
  if (etag === undefined) throw incompleteResponseError('ETag')
  return {
    bytes,
    etag: etag.replace(/^"(.*)"$/, '$1'),
    contentType: contentType ?? 'application/octet-stream',
    metadata: metadata ?? {}
  }
}

interface ListResponse {
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

function readListing ({ Contents = [], EncodingType }: ListResponse): ListedObject[] {
  return Contents.map(({ Key = '', Size = 0, ETag = '' }) => ({
    key: EncodingType === 'url' ? decodeForm(Key) : Key,
    bytes: Size,
    etag: ETag.replace(/^"(.*)"$/, '$1')
  }))
}

/** Decodes a form-encoded key: a space is `+` there, and a plus `%2B`. */
function decodeForm (text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/** Returns the size of the whole object, which a partial response has behind the slash of Content-Range. */
function readTotalSize (response: {
  ContentRange?: string | undefined
  ContentLength?: number | undefined
}): number | undefined {
  const total = response.ContentRange?.split('/')[1]
  return total === undefined ? response.ContentLength : Number(total)
}
