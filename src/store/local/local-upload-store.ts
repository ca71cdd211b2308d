import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../../errors.ts'
import type { StoreSubject } from '../store-error.ts'
import { toLocalStoreError } from './local-error.ts'
import { hasErrorCode } from './local-file.ts'
import { placeLocalObject } from './local-object.ts'
import {
  beginUpload,
  joinParts,
  listPartFiles,
  namePart,
  readUpload,
  type BegunUpload
} from './local-parts.ts'
import { resolveLocalPaths, PRIVATE_DIRECTORY } from './local-path.ts'
import type { LocalRoot } from './local-root.ts'
import { receiveFile } from './receive-file.ts'
import {
  type FormPolicy,
  signForm,
  type SignedPutQuery,
  signPutUrl,
  verifyForm,
  verifyPutQuery
} from './signed-upload.ts'
import { openUploadDirectories } from './upload-directories.ts'
import { assertMayStart } from '../pending-uploads.ts'
import type { PartedUpload, UploadStore, UploadTarget } from '../upload-store.ts'

/** An incoming file, or an incoming part of one. */
export interface Arriving {
  readonly body: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** An upload store whose signed URLs and forms the app serves itself. */
export interface LocalUploadStore extends UploadStore {
  /** Throws `invalid_signature` unless the query was signed here, is unchanged and has not expired. */
  verifyPut(query: SignedPutQuery): void
  /** Verifies the fields of a form in the same way, and returns its policy. */
  verifyForm(fields: Readonly<Record<string, string>>): FormPolicy
  /**
   * Receives a part or a file whose query was verified, and returns its entity tag. Throws `upload_too_large`,
   * `invalid_request` and `upload_not_found`.
   */
  receivePut(query: SignedPutQuery, arriving: Arriving): Promise<string>
  /** Receives the file of a form whose fields were verified. Throws like {@link receivePut}. */
  receiveForm(policy: FormPolicy, arriving: Arriving): Promise<string>
}

/** Time between two sweeps of all abandoned uploads; those of a caller are removed when it starts another. */
const SWEEP_INTERVAL_MS = 3_600_000

/** Opens the upload store of a local store. Each upload has a directory until it is completed, aborted or swept. */
export async function createLocalUploadStore (
  { root, secret, arrivals }: LocalRoot,
  { publicUrl, now = () => new Date() }: { readonly publicUrl: () => string, readonly now?: () => Date }
): Promise<LocalUploadStore> {
  const uploadsRoot = join(root, PRIVATE_DIRECTORY, 'uploads')
  await mkdir(uploadsRoot, { recursive: true, mode: 0o700 })
  const uploads = openUploadDirectories(uploadsRoot, secret, now)
  // In the background, so that pending uploads do not make the start slower.
  let sweptAt = sweepInBackground()
  let lastStart: Promise<unknown> = Promise.resolve()
  /** Serialises completions, because two of one upload would write the same file. */
  const completions = new Map<string, Promise<void>>()
  const computeExpiry = (expiresInSeconds: number) => Math.floor(now().getTime() / 1000) + expiresInSeconds

  function sweepInBackground (): number {
    uploads.sweep().catch((error: unknown) => {
      process.emitWarning(`Abandoned uploads could not be removed: ${(error as Error).message}`)
    })
    return now().getTime()
  }

  async function start (
    { bucket, key, contentType, metadata }: UploadTarget,
    { expiresInSeconds, limit }: Pick<Parameters<UploadStore['startParts']>[1], 'expiresInSeconds' | 'limit'>
  ): Promise<string> {
    const { uploadId, pending } = await uploads.plan(limit.caller, expiresInSeconds)
    assertMayStart(pending, limit)
    await beginUpload(uploads.find(uploadId)!, { bucket, key, contentType, metadata })
    return uploadId
  }

  async function receiveWhole (
    { bytes, contentType, metadata, ...location }: UploadTarget & { readonly bytes: number },
    { body, signal }: Arriving
  ): Promise<string> {
    return await guard(location, signal, async () => {
      return await arrivals.withDirectory(async (own) => {
        const temporary = join(own, 'file')
        const etag = await receiveFile(body, temporary, bytes, signal)
        await placeLocalObject(root, location, { temporary, etag, sidecar: { contentType, metadata } }, signal)
        return etag
      })
    })
  }

  async function findUpload ({
    bucket,
    key,
    uploadId
  }: PartedUpload): Promise<BegunUpload & { readonly directory: string }> {
    const directory = uploads.find(uploadId)
    const upload = directory === undefined ? undefined : await readUpload(directory)
    if (directory === undefined || upload === undefined || upload.bucket !== bucket || upload.key !== key) {
      throw new PosterframeError('upload_not_found')
    }
    return { ...upload, directory }
  }

  async function complete (
    upload: PartedUpload,
    parts: Parameters<UploadStore['completeParts']>[1],
    signal: AbortSignal
  ): Promise<void> {
    const { directory, contentType, metadata } = await findUpload(upload)
    const { path, etag } = await joinParts(directory, parts, signal)
    await placeLocalObject(root, upload, { temporary: path, etag, sidecar: { contentType, metadata } }, signal)
    await rm(directory, { recursive: true, force: true })
  }

  return {
    async presignForm (target, { bytes, expiresInSeconds }) {
      resolveLocalPaths(target)
      const expires = computeExpiry(expiresInSeconds)
      const { bucket, key, contentType, metadata } = target
      return {
        url: `${publicUrl()}/objects`,
        fields: { ...signForm(secret, { bucket, key, contentType, metadata, bytes, expires }) },
        expiresAt: new Date(expires * 1000)
      }
    },

    async presignPut (target, { bytes, expiresInSeconds }) {
      resolveLocalPaths(target)
      const expires = computeExpiry(expiresInSeconds)
      const { bucket, key, contentType: type } = target
      const metadata = JSON.stringify(target.metadata)
      return {
        url: signPutUrl(secret, publicUrl(), { bucket, key, type, metadata, bytes, expires }),
        headers: { 'content-type': type },
        expiresAt: new Date(expires * 1000),
        expiresInSeconds
      }
    },

    async startParts (target, { signal, ...options }) {
      resolveLocalPaths(target)
      return await guard(target, signal, async () => {
        if (now().getTime() > sweptAt + SWEEP_INTERVAL_MS) sweptAt = sweepInBackground()
        // One after the other, so that requests at the same time do not pass the limit together.
        const starting = lastStart.then(() => start(target, options))
        lastStart = starting.catch(() => {})
        return await starting
      })
    },

    async presignPart ({ bucket, key, uploadId: upload }, { number: part, bytes, expiresInSeconds }) {
      const expires = computeExpiry(expiresInSeconds)
      return {
        url: signPutUrl(secret, publicUrl(), { bucket, key, upload, part, bytes, expires }),
        expiresAt: new Date(expires * 1000),
        expiresInSeconds
      }
    },

    async listParts (upload, { signal }) {
      return await guardUpload(upload, signal, async () => await listPartFiles((await findUpload(upload)).directory))
    },

    async completeParts (upload, parts, { signal }) {
      await guardUpload(upload, signal, async () => {
        const before = completions.get(upload.uploadId) ?? Promise.resolve()
        const completion = before.catch(() => {}).then(() => complete(upload, parts, signal))
        completions.set(upload.uploadId, completion)
        try {
          await completion
        } finally {
          if (completions.get(upload.uploadId) === completion) completions.delete(upload.uploadId)
        }
      })
    },

    async abortParts (upload, { signal }) {
      await guardUpload(upload, signal, async () => {
        await rm((await findUpload(upload)).directory, { recursive: true, force: true })
      })
    },

    verifyPut (query) {
      verifyPutQuery(secret, query, now())
    },

    verifyForm (fields) {
      return verifyForm(secret, fields, now())
    },

    async receivePut ({ bucket, key, upload, part, bytes, type, metadata }, { body, signal }) {
      if (upload === undefined || part === undefined) {
        const target = { bucket, key, contentType: type ?? '', metadata: readMetadata(metadata) }
        return await receiveWhole({ ...target, bytes }, { body, signal })
      }
      return await guardUpload({ bucket, key }, signal, async () => {
        const { directory } = await findUpload({ bucket, key, uploadId: upload })
        return await arrivals.withDirectory(async (own) => {
          const temporary = join(own, 'part')
          const etag = await receiveFile(body, temporary, bytes, signal)
          await rename(temporary, join(directory, namePart(part)))
          return etag
        })
      })
    },

    receiveForm: receiveWhole
  }
}

function readMetadata (json = '{}'): Record<string, string> {
  return JSON.parse(json) as Record<string, string>
}

/**
 * Runs a task in the directory of an upload, and maps its disappearance (completed, aborted, swept) to
 * `upload_not_found`.
 */
async function guardUpload<T> (subject: StoreSubject, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  return await guard(subject, signal, async () => {
    try {
      return await task()
    } catch (error) {
      throw hasErrorCode(error, 'ENOENT') ? new PosterframeError('upload_not_found', { cause: error }) : error
    }
  })
}

async function guard<T> (subject: StoreSubject, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted()
    return await task()
  } catch (error) {
    throw toLocalStoreError(error, subject, signal)
  }
}
