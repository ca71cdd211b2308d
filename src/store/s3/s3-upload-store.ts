import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
  type ListPartsCommandOutput
} from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { PosterframeError } from '../../errors.ts'
import { checkKey } from '../object-key.ts'
import { blameBucket, toStoreError } from './s3-error.ts'
import { buildS3Signing } from './s3-signing.ts'
import type { S3StoreOptions } from './s3-store.ts'
import type { StoredPart, UploadStore, UploadTarget } from '../upload-store.ts'

/**
 * Uploads to Amazon S3, or to a server that speaks its protocol. Needs PutObject, ListMultipartUploadParts and
 * AbortMultipartUpload, and uses them as CreateMultipartUpload, UploadPart, ListParts, CompleteMultipartUpload and
 * POST Object.
 */
export function createS3UploadStore ({
  client,
  encryption,
  expectedBucketOwner,
  now = () => new Date()
}: S3StoreOptions): UploadStore {
  // Not in what is presigned: whoever uploads would have to send it as a header.
  const owner = expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: expectedBucketOwner }
  const encrypted =
    encryption === undefined
      ? {}
      : {
          ServerSideEncryption: encryption.algorithm,
          ...(encryption.kmsKeyId === undefined ? {} : { SSEKMSKeyId: encryption.kmsKeyId })
        }

  return {
    async presignForm (target, { bytes, expiresInSeconds }) {
      checkKey(target.key)
      try {
        const { expiresAt } = await buildS3Signing(client, now(), expiresInSeconds)
        const { url, fields } = await createPresignedPost(client, {
          Bucket: target.bucket,
          Key: target.key,
          // Each field becomes a condition that it be as it is; so does the key.
          Fields: { ...formFields(target), ...encryptionFields(encryption) },
          Conditions: [['content-length-range', bytes, bytes]],
          // Counted by the SDK from its own clock, and then cut to whole seconds.
          Expires: Math.ceil((expiresAt.getTime() - Date.now()) / 1000)
        })
        return { url, fields, expiresAt }
      } catch (error) {
        throw toStoreError(error)
      }
    },

    async startParts ({ bucket, key, contentType, metadata }, { signal }) {
      checkKey(key)
      try {
        const command = new CreateMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          ContentType: contentType,
          Metadata: { ...metadata },
          ...owner,
          ...encrypted
        })
        const { UploadId: uploadId } = await client.send(command, { abortSignal: signal })
        if (uploadId === undefined) throw new Error('The store told no upload id.')
        return uploadId
      } catch (error) {
        throw blameBucket(toStoreError(error, signal))
      }
    },

    async presignPart ({ bucket, key, uploadId }, { number, bytes, expiresInSeconds }) {
      try {
        const { signingDate, expiresIn, expiresAt } = await buildS3Signing(client, now(), expiresInSeconds)
        const command = new UploadPartCommand({
          Bucket: bucket,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          ContentLength: bytes
        })
        // Signed as a header, so that a part of another size is refused at its first byte.
        const url = await getSignedUrl(client, command, {
          expiresIn,
          signingDate,
          signableHeaders: new Set(['content-length', 'host']),
          unhoistableHeaders: new Set(['content-length'])
        })
        return { url, expiresAt }
      } catch (error) {
        throw toStoreError(error)
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
            ...owner
          })
          const page: ListPartsCommandOutput = await client.send(command, { abortSignal: signal })
          for (const { PartNumber: number, Size: bytes, ETag: etag } of page.Parts ?? []) {
            if (number === undefined || bytes === undefined || etag === undefined) {
              throw new Error('The store told a part without its number, size or entity tag.')
            }
            parts.push({ number, bytes, etag })
          }
          // A page that leads to itself would be read for ever.
          marker =
            page.IsTruncated === true && page.NextPartNumberMarker !== marker ? page.NextPartNumberMarker : undefined
        } while (marker !== undefined)
        return parts.sort((one, other) => one.number - other.number)
      } catch (error) {
        throw blameUpload(error, signal)
      }
    },

    async completeParts ({ bucket, key, uploadId }, parts, { signal }) {
      try {
        const list = { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) }
        await client.send(
          new CompleteMultipartUploadCommand({
            Bucket: bucket,
            Key: key,
            UploadId: uploadId,
            MultipartUpload: list,
            ...owner
          }),
          { abortSignal: signal }
        )
      } catch (error) {
        throw blameUpload(error, signal)
      }
    },

    async abortParts ({ bucket, key, uploadId }, { signal }) {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId, ...owner }), {
          abortSignal: signal
        })
      } catch (error) {
        throw blameUpload(error, signal)
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

function encryptionFields (encryption: S3StoreOptions['encryption']): Record<string, string> {
  if (encryption === undefined) return {}
  return {
    'x-amz-server-side-encryption': encryption.algorithm,
    ...(encryption.kmsKeyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.kmsKeyId })
  }
}

/** What is not there is the upload; what does not fit is the list of its parts. */
function blameUpload (error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error
  const { name, $metadata } = error as {
    readonly name?: string
    readonly $metadata?: { readonly httpStatusCode?: number }
  }
  // Look-alikes have several names for what is not there.
  if (name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404) {
    return new PosterframeError('upload_not_found', { cause: error })
  }
  if (['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'].includes(name ?? '')) {
    return new PosterframeError('upload_incomplete', { cause: error })
  }
  return blameBucket(toStoreError(error, signal))
}
