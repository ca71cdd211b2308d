import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isPosterframeError } from '../../errors.ts'
import { checkKey } from '../object-key.ts'
import type { ObjectLocation, ObjectStore, PresignedUrl } from '../object-store.ts'
import { createBucketClients } from './bucket-clients.ts'
import { createGetObject } from './get-object.ts'
import { blameBucket, toStoreError } from './s3-error.ts'
import {
  bucketParameters,
  encryptionParameters,
  payerParameters,
  payFor,
  type S3StoreOptions
} from './s3-parameters.ts'
import { readHead, readListing } from './s3-response.ts'
import { buildS3Signing } from './s3-signing.ts'

/**
 * The object store on Amazon S3 or an S3-compatible server. Uses PutObject, HeadObject, GetObject, DeleteObject,
 * ListObjectsV2 and HeadBucket.
 */
export function createS3Store (options: S3StoreOptions): ObjectStore {
  const { clients = createBucketClients(options), maxSessionSeconds, now = () => new Date() } = options
  const parametersOf = (bucket: string) => bucketParameters(options, bucket)
  const encrypted = encryptionParameters(options)
  const getObject = createGetObject(clients, options)

  async function presign (
    Command: typeof GetObjectCommand | typeof HeadObjectCommand,
    { bucket, key }: ObjectLocation,
    expiresInSeconds: number
  ): Promise<PresignedUrl> {
    checkKey(key)
    try {
      const signer = clients.signer(bucket)
      const signing = { now: now(), expiresInSeconds, maxSessionSeconds }
      const { signingDate, expiresIn, expiresAt, isShortened } = await buildS3Signing(signer, signing)
      const command = new Command({ Bucket: bucket, Key: key, ...payerParameters(options, bucket) })
      const url = await getSignedUrl(signer, command, { expiresIn, signingDate })
      return { url, expiresAt, expiresInSeconds: expiresIn, isShortened }
    } catch (error) {
      throw toStoreError(error, { subject: { bucket, key } })
    }
  }

  return {
    async head ({ bucket, key }, { signal }) {
      checkKey(key)
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ...parametersOf(bucket) })
      try {
        return readHead(
          await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
        )
      } catch (error) {
        const mapped = toStoreError(error, { subject: { bucket, key }, signal })
        if (isPosterframeError(mapped, 'source_not_found')) return undefined
        throw mapped
      }
    },

    async get (location, getOptions) {
      checkKey(location.key)
      return await getObject(location, getOptions)
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
        ...parametersOf(bucket),
        ...encrypted
      })
      try {
        await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
      } catch (error) {
        throw blameBucket(toStoreError(error, { subject: { bucket, key }, signal }))
      }
    },

    async delete ({ bucket, key }, { signal }) {
      checkKey(key)
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key, ...parametersOf(bucket) })
      try {
        await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
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
          ...parametersOf(bucket),
          ...(ContinuationToken === undefined ? {} : { ContinuationToken })
        })
        try {
          return await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
        } catch (error) {
          throw blameBucket(toStoreError(error, { subject: { bucket }, signal }))
        }
      }
      for (let page: Promise<ListObjectsV2CommandOutput> | undefined = fetchPage(); page !== undefined;) {
        const { NextContinuationToken, ...listed }: ListObjectsV2CommandOutput = await page
        // Prefetched while the caller works on this page; a failure is thrown when its turn comes.
        page = NextContinuationToken === undefined ? undefined : fetchPage(NextContinuationToken)
        page?.catch(() => {})
        yield * readListing(listed)
      }
    },

    async check (bucket, { signal }) {
      const command = new HeadBucketCommand({ Bucket: bucket, ...parametersOf(bucket) })
      if (parametersOf(bucket).RequestPayer !== undefined) payFor(command)
      try {
        await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
      } catch (error) {
        throw blameBucket(toStoreError(error, { subject: { bucket }, signal }))
      }
    }
  }
}
