import { randomUUID } from 'node:crypto'
import { authoriseSource } from '../access/scope.ts'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { StoredPart, UploadStore } from '../store/upload-store.ts'
import { MAX_FORM_BYTES, measurePart, choosePartSize } from './plan-parts.ts'
import { encodeName, buildUploadKey } from './upload-key.ts'
import { signUploadToken, type UploadClaims, verifyUploadToken } from './upload-token.ts'
import type { CompletedUpload, UploadContext, UploadRequest, Uploads } from './upload.ts'

/** What uploads stand on. */
export interface UploadsOptions {
  readonly store: Pick<ObjectStore, 'head'>
  readonly uploadStore: UploadStore
  readonly bucket: string
  /** Ends with a slash, or is empty. */
  readonly prefix: string
  readonly sourcePrefixes: readonly string[] | undefined
  readonly maxBytes: number
  readonly expiresInSeconds: number
  /** What tokens are signed with; undefined: there are no uploads in parts. */
  readonly secret: Uint8Array | undefined
  readonly now?: () => Date
}

/** Below this a file that has to be sent again as a whole is no great loss, and a form is one request. */
const PARTS_FROM_BYTES = 64 * 2 ** 20
/** A URL of a part is for now; there are always new ones while the token lives. */
const PART_EXPIRES_SECONDS = 3600
const MAX_MISSING_TOLD = 1000

/** The use cases of uploads. */
export function createUploads (options: UploadsOptions): Uploads {
  const { store, uploadStore, expiresInSeconds, now = () => new Date() } = options
  const readSecondsLeft = (expires: number) => Math.max(1, expires - Math.floor(now().getTime() / 1000))

  function verify (token: string, { identity }: UploadContext): UploadClaims {
    if (options.secret === undefined) throw refuseParts()
    const claims = verifyUploadToken(options.secret, token, identity.name, now())
    authoriseSource(identity, claims)
    return claims
  }

  async function findCompleted ({ bucket, key, bytes }: UploadClaims, signal: AbortSignal): Promise<CompletedUpload> {
    // Nobody else can have made it: the key is this upload's own.
    const head = await store.head({ bucket, key }, { signal })
    if (head?.bytes !== bytes) throw new PosterframeError('upload_not_found')
    return { bucket, key, bytes, etag: head.etag }
  }

  return {
    async start (request, { identity, signal }) {
      const bucket = request.bucket ?? options.bucket
      if (bucket !== options.bucket) {
        throw new PosterframeError('forbidden_bucket', { detail: 'Uploads do not go into this bucket.' })
      }
      const inParts = decideParts(request, options)
      const { prefix: uploadPrefix, sourcePrefixes } = options
      const key = buildUploadKey({
        uploadPrefix,
        callerPrefixes: identity.prefixes,
        sourcePrefixes,
        id: randomUUID(),
        filename: request.filename
      })
      authoriseSource(identity, { bucket, key })
      const target = {
        bucket,
        key,
        contentType: request.contentType,
        metadata: { filename: encodeName(request.filename) }
      }
      const { bytes } = request
      if (!inParts || options.secret === undefined) {
        const { url, fields, expiresAt } = await uploadStore.presignForm(target, { bytes, expiresInSeconds })
        return { bucket, key, url, fields, maxBytes: bytes, expiresAt: expiresAt.toISOString() }
      }
      const plan = choosePartSize(bytes)
      const expires = Math.floor(now().getTime() / 1000) + expiresInSeconds
      const uploadId = await uploadStore.startParts(target, { signal, expiresInSeconds })
      const token = signUploadToken(
        options.secret,
        { bucket, key, uploadId, bytes, partBytes: plan.partBytes, expires },
        identity.name
      )
      return { bucket, key, token, ...plan, maxBytes: bytes, expiresAt: new Date(expires * 1000).toISOString() }
    },

    async signParts (token, numbers, context) {
      const claims = verify(token, context)
      const { bytes, partBytes, expires } = claims
      const partCount = Math.ceil(bytes / partBytes)
      const wrong = numbers.find((number) => number > partCount)
      if (wrong !== undefined) {
        throw new PosterframeError('invalid_request', {
          detail: `There is no part ${wrong}; the last is ${partCount}.`,
          members: { parameter: 'numbers' }
        })
      }
      return await Promise.all(
        numbers.map(async (number) => {
          const part = { number, bytes: measurePart(bytes, partBytes, number) }
          const { url, expiresAt } = await uploadStore.presignPart(claims, {
            ...part,
            expiresInSeconds: Math.min(PART_EXPIRES_SECONDS, readSecondsLeft(expires))
          })
          return { ...part, url, expiresAt: expiresAt.toISOString() }
        })
      )
    },

    async listParts (token, context) {
      const claims = verify(token, context)
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
      const claims = verify(token, context)
      const { signal } = context
      try {
        const parts = await uploadStore.listParts(claims, { signal })
        checkParts(claims, parts)
        await uploadStore.completeParts(claims, parts, { signal })
      } catch (error) {
        // Completed before, by a call whose answer got lost: then the object is there.
        if (!isPosterframeError(error, 'upload_not_found')) throw error
      }
      return await findCompleted(claims, signal)
    },

    async abort (token, context) {
      try {
        await uploadStore.abortParts(verify(token, context), context)
      } catch (error) {
        if (!isPosterframeError(error, 'upload_not_found')) throw error
      }
    }
  }
}

function decideParts ({ bytes, parts }: UploadRequest, { maxBytes, secret }: UploadsOptions): boolean {
  if (bytes > maxBytes) {
    throw new PosterframeError('upload_too_large', {
      detail: `An upload may have at most ${maxBytes.toLocaleString('en')} bytes here.`,
      members: { maxBytes }
    })
  }
  if (parts === true && secret === undefined) throw refuseParts()
  const inParts = parts ?? (bytes > PARTS_FROM_BYTES && secret !== undefined)
  if (!inParts && bytes > MAX_FORM_BYTES) {
    throw new PosterframeError('upload_too_large', {
      detail: 'A form takes at most 5 GiB; more has to come in parts.',
      members: { maxBytes: MAX_FORM_BYTES }
    })
  }
  return inParts
}

/**
 * Throws `upload_incomplete` unless every part is there with the size that was signed, and so their sum is the
 * file's.
 */
function checkParts ({ bytes, partBytes }: UploadClaims, parts: readonly StoredPart[]): void {
  const sizes = new Map(parts.map(({ number, bytes: size }) => [number, size]))
  const numbers = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => index + 1)
  const missingParts = numbers.filter((number) => sizes.get(number) !== measurePart(bytes, partBytes, number))
  const sum = parts.reduce((total, part) => total + part.bytes, 0)
  if (missingParts.length === 0 && sum === bytes) return
  throw new PosterframeError('upload_incomplete', {
    detail: `The parts that are there have ${sum.toLocaleString('en')} of ${bytes.toLocaleString('en')} bytes.`,
    members: { missingParts: missingParts.slice(0, MAX_MISSING_TOLD) }
  })
}

function refuseParts (): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: 'There are no uploads in parts here: the service has no POSTERFRAME_UPLOAD_SECRET.',
    members: { parameter: 'parts' }
  })
}
