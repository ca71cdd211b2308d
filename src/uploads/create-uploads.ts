import { randomUUID } from 'node:crypto'
import { authoriseSource } from '../access/scope.ts'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import type { ObjectStore, PresignedUrl } from '../store/object-store.ts'
import type { StoredPart, UploadStore, UploadTarget } from '../store/upload-store.ts'
import { choosePartSize, MAX_SINGLE_BYTES, measurePart } from './part-size.ts'
import { buildUploadKey, encodeName } from './upload-key.ts'
import { chooseUploadType } from './upload-type.ts'
import { signUploadToken, type UploadClaims, verifyUploadToken } from './upload-token.ts'
import type { Warning } from '../telemetry/work.ts'
import type {
  CompletedUpload,
  FormUpload,
  PutUpload,
  UploadContext,
  UploadMethod,
  UploadRequest,
  Uploads
} from './upload.ts'

/** Dependencies and limits of {@link createUploads}. */
export interface UploadsOptions {
  readonly store: Pick<ObjectStore, 'head'>
  readonly uploadStore: UploadStore
  readonly bucket: string
  /** Ends with a slash, or is empty. */
  readonly prefix: string
  readonly sourcePrefixes: readonly string[] | undefined
  readonly maxBytes: number
  readonly expiresInSeconds: number
  /** Multipart uploads of one caller that may be pending at once. */
  readonly maxPending: number
  /** How a file in one request is sent if the caller does not say. */
  readonly method: UploadMethod
  /** Secret of the tokens; undefined: no multipart uploads. */
  readonly secret: Uint8Array | undefined
  readonly now?: () => Date
}

/** Size above which the default is a multipart upload. A smaller file is cheap to send again, and takes one request. */
const MAX_DEFAULT_SINGLE_BYTES = 64 * 2 ** 20
/** Lifetime of the URL of a part; the token signs new ones. */
const PART_EXPIRES_SECONDS = 3600
const UPLOAD_SHORTENED: Warning = {
  code: 'url_expires_early',
  detail: 'The upload expires before the configured time, together with the temporary credentials that signed it.'
}
const MAX_MISSING_LISTED = 1000

/** Creates the use cases of uploads. */
export function createUploads (options: UploadsOptions): Uploads {
  const { store, uploadStore, expiresInSeconds, maxPending, now = () => new Date() } = options
  const secondsUntil = (expires: number) => Math.max(1, expires - Math.floor(now().getTime() / 1000))

  function verifyToken (token: string, { identity }: UploadContext): UploadClaims {
    if (options.secret === undefined) throw multipartError()
    const claims = verifyUploadToken(options.secret, token, identity.name, now())
    authoriseSource(identity, { ...claims, isDefaultBucket: true })
    return claims
  }

  async function findCompleted ({ bucket, key, bytes }: UploadClaims, signal: AbortSignal): Promise<CompletedUpload> {
    // The key is unique to this upload, so that no other request can have written the object.
    const head = await store.head({ bucket, key }, { signal })
    if (head?.bytes !== bytes) throw new PosterframeError('upload_not_found')
    return { bucket, key, bytes, etag: head.etag }
  }

  async function startSingle (
    target: UploadTarget,
    bytes: number,
    method: UploadMethod
  ): Promise<FormUpload | PutUpload> {
    const { bucket, key } = target
    if (method === 'put') {
      const { url, headers, ...put } = await uploadStore.presignPut(target, { bytes, expiresInSeconds })
      return { bucket, key, method, url, headers, maxBytes: bytes, ...describeExpiry(put) }
    }
    const { url, fields, ...form } = await uploadStore.presignForm(target, { bytes, expiresInSeconds })
    return { bucket, key, method, url, fields, maxBytes: bytes, ...describeExpiry(form) }
  }

  return {
    async start (request, { identity, caller, signal }) {
      const bucket = request.bucket ?? options.bucket
      if (bucket !== options.bucket) {
        throw new PosterframeError('forbidden_bucket', {
          detail: `Uploads do not go to the bucket '${bucket}'. Leave out 'bucket'.`
        })
      }
      const isMultipart = decideMultipart(request, options)
      const { prefix: uploadPrefix, sourcePrefixes } = options
      const key = buildUploadKey({
        uploadPrefix,
        callerPrefixes: identity.prefixes,
        sourcePrefixes,
        id: randomUUID(),
        filename: request.filename
      })
      authoriseSource(identity, { bucket, key, isDefaultBucket: request.bucket === undefined })
      const target = {
        bucket,
        key,
        contentType: chooseUploadType(request.filename, request.contentType),
        metadata: { filename: encodeName(request.filename) }
      }
      const { bytes } = request
      if (!isMultipart || options.secret === undefined) {
        return await startSingle(target, bytes, request.method ?? options.method)
      }
      const partSize = choosePartSize(bytes)
      const expires = Math.floor(now().getTime() / 1000) + expiresInSeconds
      const limit = { caller, max: maxPending }
      const uploadId = await uploadStore.startParts(target, { signal, expiresInSeconds, limit })
      const token = signUploadToken(
        options.secret,
        { bucket, key, uploadId, bytes, partBytes: partSize.partBytes, expires },
        identity.name
      )
      return { bucket, key, token, ...partSize, maxBytes: bytes, expiresAt: new Date(expires * 1000).toISOString() }
    },

    async signParts (token, numbers, context) {
      const claims = verifyToken(token, context)
      const { bytes, partBytes, expires } = claims
      const partCount = Math.ceil(bytes / partBytes)
      const excess = numbers.find((number) => number > partCount)
      if (excess !== undefined) {
        throw new PosterframeError('invalid_request', {
          detail: `Part ${excess} does not exist: the last part is ${partCount}.`,
          members: { parameter: 'numbers' }
        })
      }
      return await Promise.all(
        numbers.map(async (number) => {
          const part = { number, bytes: measurePart(bytes, partBytes, number) }
          const { url, expiresAt } = await uploadStore.presignPart(claims, {
            ...part,
            expiresInSeconds: Math.min(PART_EXPIRES_SECONDS, secondsUntil(expires))
          })
          return { ...part, url, expiresAt: expiresAt.toISOString() }
        })
      )
    },

    async listParts (token, context) {
      const claims = verifyToken(token, context)
      const { bucket, key, bytes, partBytes, expires } = claims
      const parts = await uploadStore.listParts(claims, context)
      return {
        bucket,
        key,
        partBytes,
        partCount: Math.ceil(bytes / partBytes),
        maxBytes: bytes,
        expiresAt: new Date(expires * 1000).toISOString(),
        parts: parts.map(({ number, bytes }) => ({ number, bytes }))
      }
    },

    async complete (token, context) {
      const claims = verifyToken(token, context)
      const { signal } = context
      try {
        const parts = await uploadStore.listParts(claims, { signal })
        assertComplete(claims, parts)
        await uploadStore.completeParts(claims, parts, { signal })
      } catch (error) {
        // An earlier call whose response was lost may have completed the upload: then the object exists.
        if (!isPosterframeError(error, 'upload_not_found')) throw error
      }
      return await findCompleted(claims, signal)
    },

    async abort (token, context) {
      try {
        await uploadStore.abortParts(verifyToken(token, context), context)
      } catch (error) {
        if (!isPosterframeError(error, 'upload_not_found')) throw error
      }
    }
  }
}

function decideMultipart ({ bytes, parts }: UploadRequest, { maxBytes, secret }: UploadsOptions): boolean {
  if (bytes > maxBytes) {
    throw new PosterframeError('upload_too_large', {
      detail: `The file has ${format(bytes)} bytes, and an upload may have at most ${format(maxBytes)}. Use a smaller file.`,
      members: { maxBytes }
    })
  }
  if (parts === true && secret === undefined) throw multipartError()
  const isMultipart = parts ?? (bytes > MAX_DEFAULT_SINGLE_BYTES && secret !== undefined)
  if (!isMultipart && bytes > MAX_SINGLE_BYTES) {
    throw new PosterframeError('upload_too_large', {
      detail: `The file has ${format(bytes)} bytes, and an upload in one request may have at most 5 GiB. Use "parts": true.`,
      members: { maxBytes: MAX_SINGLE_BYTES }
    })
  }
  return isMultipart
}

/** Throws `upload_incomplete` unless the store has every part with its signed size, and no others. */
function assertComplete ({ bytes, partBytes }: UploadClaims, parts: readonly StoredPart[]): void {
  const sizes = new Map(parts.map(({ number, bytes: size }) => [number, size]))
  const numbers = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => index + 1)
  const missingParts = numbers.filter((number) => sizes.get(number) !== measurePart(bytes, partBytes, number))
  const sum = parts.reduce((total, part) => total + part.bytes, 0)
  if (missingParts.length === 0 && sum === bytes) return
  throw new PosterframeError('upload_incomplete', {
    detail: `The parts have ${format(sum)} of ${format(bytes)} bytes. Send those in 'missingParts', then complete again.`,
    members: { missingParts: missingParts.slice(0, MAX_MISSING_LISTED) }
  })
}

function describeExpiry ({ expiresAt, isShortened }: Pick<PresignedUrl, 'expiresAt' | 'isShortened'>) {
  return { expiresAt: expiresAt.toISOString(), ...(isShortened === true ? { warnings: [UPLOAD_SHORTENED] } : {}) }
}

function multipartError (): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: 'The service does not support multipart uploads: POSTERFRAME_UPLOAD_SECRET is not set. Use "parts": false.',
    members: { parameter: 'parts' }
  })
}

function format (bytes: number): string {
  return bytes.toLocaleString('en')
}
