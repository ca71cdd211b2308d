import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type ListPartsCommandOutput
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { PosterframeError } from '../../errors.ts'
import { readWholeNumber } from '../../input/whole-number.ts'
import { checkKey } from '../object-key.ts'
import { createBucketClients } from './bucket-clients.ts'
import { blameBucket, type S3Request, toStoreError } from './s3-error.ts'
import { createPendingUploads } from '../pending-uploads.ts'
import { incompleteResponseError } from './s3-response.ts'
import { buildS3Signing } from './s3-signing.ts'
import { bucketParameters, encryptionParameters, payerParameters, type S3StoreOptions } from './s3-parameters.ts'
import type { StoredPart, UploadStore, UploadTarget } from '../upload-store.ts'

/**
 * The upload store on Amazon S3 or an S3-compatible server. Uses POST Object, PutObject, CreateMultipartUpload,
 * UploadPart, ListParts, CompleteMultipartUpload and AbortMultipartUpload; needs the rights PutObject,
 * ListMultipartUploadParts and AbortMultipartUpload.
 */
export function createS3UploadStore (options: S3StoreOptions): UploadStore {
  const { clients = createBucketClients(options), encryption, maxSessionSeconds, now = () => new Date() } = options
  const parametersOf = (bucket: string) => bucketParameters(options, bucket)
  const encrypted = encryptionParameters(options)
  // S3 can list pending uploads by key, but not by caller.
  const pending = createPendingUploads(() => now().getTime())

  return {
    async presignForm (target, { bytes, expiresInSeconds }) {
      checkKey(target.key)
      try {
        const signer = clients.signer(target.bucket)
        const signing = { now: now(), expiresInSeconds, maxSessionSeconds }
        const { expiresAt, isShortened } = await buildS3Signing(signer, signing)
        const { url, fields } = await createPresignedPost(signer, {
          Bucket: target.bucket,
          Key: target.key,
          // The SDK makes an equality condition of each field and of the key.
          Fields: { ...formFields(target), ...encryptionFields(encryption), ...payerFields(options, target) },
          Conditions: [['content-length-range', bytes, bytes]],
          // The SDK counts from its own clock and truncates to whole seconds.
          Expires: Math.ceil((expiresAt.getTime() - Date.now() - signer.config.systemClockOffset) / 1000)
        })
        return { url, fields, expiresAt, isShortened }
      } catch (error) {
        throw toStoreError(error, { subject: target })
      }
    },

    async presignPut (target, { bytes, expiresInSeconds }) {
      const { bucket, key, contentType, metadata } = target
      checkKey(key)
      try {
        const signer = clients.signer(bucket)
        const signing = { now: now(), expiresInSeconds, maxSessionSeconds }
        const { signingDate, expiresIn, expiresAt, isShortened } = await buildS3Signing(signer, signing)
        const command = new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          ContentType: contentType,
          ContentLength: bytes,
          Metadata: { ...metadata },
          ...encrypted,
          ...payerParameters(options, bucket)
        })
        const headers = {
          ...lowerNames(formFields(target)),
          ...encryptionFields(encryption),
          ...payerFields(options, target)
        }
        // Signed as headers, because not every store reads them from the query of the URL.
        const signed = new Set([...Object.keys(headers), 'content-length'])
        const url = await getSignedUrl(signer, command, {
          expiresIn,
          signingDate,
          signableHeaders: new Set([...signed, 'host']),
          unhoistableHeaders: signed
        })
        return { url, headers, expiresAt, expiresInSeconds: expiresIn, isShortened }
      } catch (error) {
        throw toStoreError(error, { subject: target })
      }
    },

    async startParts ({ bucket, key, contentType, metadata }, { signal, expiresInSeconds, limit }) {
      checkKey(key)
      try {
        const command = new CreateMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          ContentType: contentType,
          Metadata: { ...metadata },
          ...parametersOf(bucket),
          ...encrypted
        })
        return await pending.start(limit, expiresInSeconds, async () => {
          const { UploadId: uploadId } = await clients.run(bucket, (client) =>
            client.send(command, { abortSignal: signal })
          )
          if (uploadId === undefined) throw incompleteResponseError('upload ID')
          return uploadId
        })
      } catch (error) {
        throw blameBucket(toStoreError(error, { subject: { bucket, key }, signal }))
      }
    },

    async presignPart ({ bucket, key, uploadId }, { number, bytes, expiresInSeconds }) {
      try {
        const signer = clients.signer(bucket)
        const signing = { now: now(), expiresInSeconds, maxSessionSeconds }
        const { signingDate, expiresIn, expiresAt, isShortened } = await buildS3Signing(signer, signing)
        const command = new UploadPartCommand({
          Bucket: bucket,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          ContentLength: bytes,
          ...payerParameters(options, bucket)
        })
        // Signing the length as a header makes the store reject a part of another size at its first byte.
        const url = await getSignedUrl(signer, command, {
          expiresIn,
          signingDate,
          signableHeaders: new Set(['content-length', 'host']),
          unhoistableHeaders: new Set(['content-length'])
        })
        return { url, expiresAt, expiresInSeconds: expiresIn, isShortened }
      } catch (error) {
        throw toStoreError(error, { subject: { bucket, key } })
      }
    },

    async listParts ({ bucket, key, uploadId }, { signal }) {
      try {
        const parts: StoredPart[] = []
        let marker: string | undefined
        do {
          const command: ListPartsCommand = new ListPartsCommand({
            Bucket: bucket,
            Key: key,
            UploadId: uploadId,
            MaxParts: 1000,
            PartNumberMarker: marker,
            ...parametersOf(bucket)
          })
          const page: ListPartsCommandOutput = await clients.run(bucket, (client) =>
            client.send(command, { abortSignal: signal })
          )
          for (const { PartNumber, Size, ETag: etag } of page.Parts ?? []) {
            const [number, bytes] = [readWholeNumber(PartNumber), readWholeNumber(Size)]
            if (number === undefined || bytes === undefined || etag === undefined) {
              throw incompleteResponseError('number, size or ETag of a part')
            }
            parts.push({ number, bytes, etag })
          }
          // A page whose marker repeats would be read for ever.
          marker =
            page.IsTruncated === true && page.NextPartNumberMarker !== marker ? page.NextPartNumberMarker : undefined
        } while (marker !== undefined)
        return parts.sort((one, other) => one.number - other.number)
      } catch (error) {
        throw blameUpload(error, { subject: { bucket, key }, signal })
      }
    },

    async completeParts ({ bucket, key, uploadId }, parts, { signal }) {
      try {
        const list = { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) }
        const command = new CompleteMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          UploadId: uploadId,
          MultipartUpload: list,
          ...parametersOf(bucket)
        })
        await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
        pending.end(uploadId)
      } catch (error) {
        throw blameUpload(error, { subject: { bucket, key }, signal })
      }
    },

    async abortParts ({ bucket, key, uploadId }, { signal }) {
      const command = new AbortMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        ...parametersOf(bucket)
      })
      try {
        await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
        pending.end(uploadId)
      } catch (error) {
        throw blameUpload(error, { subject: { bucket, key }, signal })
      }
    }
  }
}

function formFields ({ contentType, metadata }: UploadTarget): Record<string, string> {
  return {
    'Content-Type': contentType,
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]))
  }
}

function lowerNames (fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
}

function payerFields (options: S3StoreOptions, { bucket }: UploadTarget): Record<string, string> {
  const { RequestPayer } = payerParameters(options, bucket)
  return RequestPayer === undefined ? {} : { 'x-amz-request-payer': RequestPayer }
}

function encryptionFields (encryption: S3StoreOptions['encryption']): Record<string, string> {
  if (encryption === undefined) return {}
  return {
    'x-amz-server-side-encryption': encryption.algorithm,
    ...(encryption.kmsKeyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.kmsKeyId })
  }
}

/** Maps a 404 to a missing upload, and S3's errors about parts to an incomplete one. */
function blameUpload (error: unknown, request: S3Request): Error {
  if (request.signal?.aborted === true) return request.signal.reason as Error
  const { name, $metadata } = Object(error) as {
    readonly name?: string
    readonly $metadata?: { readonly httpStatusCode?: number }
  }
  // S3-compatible servers use several error names for a missing upload.
  if (name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404) {
    return new PosterframeError('upload_not_found', { cause: error })
  }
  if (['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'].includes(name ?? '')) {
    return new PosterframeError('upload_incomplete', { cause: error })
  }
  return blameBucket(toStoreError(error, request))
}
