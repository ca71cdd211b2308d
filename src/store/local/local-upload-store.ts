import { randomUUID } from 'node:crypto'
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
  sweepUploads,
  type BegunUpload
} from './local-parts.ts'
import { resolveLocalPaths, PRIVATE_DIRECTORY } from './local-path.ts'
import type { LocalRoot } from './local-root.ts'
import { receiveFile } from './receive-file.ts'
import {
  type FormPolicy,
  signForm,
  type SignedPartQuery,
  signPartUrl,
  verifyForm,
  verifyPartQuery
} from './signed-upload.ts'
import type { PartedUpload, UploadStore } from '../upload-store.ts'

/** An incoming file, or an incoming part of one. */
export interface Arriving {
  readonly body: AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

/** An upload store whose signed URLs and forms the app serves itself. */
export interface LocalUploadStore extends UploadStore {
  /** Throws `invalid_signature` unless the query was signed here, is unchanged and has not expired. */
  verifyPart(query: SignedPartQuery): void
  /** Verifies the fields of a form in the same way, and returns its policy. */
  verifyForm(fields: Readonly<Record<string, string>>): FormPolicy
  /**
   * Receives a part whose query was verified, and returns its entity tag. Throws `upload_too_large`,
   * `invalid_request` and `upload_not_found`.
   */
  receivePart(query: SignedPartQuery, arriving: Arriving): Promise<string>
  /** Receives the file of a form whose fields were verified. Throws like {@link receivePart}. */
  receiveForm(policy: FormPolicy, arriving: Arriving): Promise<string>
}

/** Opens the upload store of a local store. Each upload has a directory until it is completed, aborted or swept. */
export async function createLocalUploadStore (
  { root, secret }: LocalRoot,
  { publicUrl, now = () => new Date() }: { readonly publicUrl: () => string, readonly now?: () => Date }
): Promise<LocalUploadStore> {
  const uploads = join(root, PRIVATE_DIRECTORY, 'uploads')
  await mkdir(uploads, { recursive: true, mode: 0o700 })
  await sweepUploads(uploads, now())
  /** Serialises completions, because two of one upload would write the same file. */
  const completions = new Map<string, Promise<void>>()
  const computeExpiry = (expiresInSeconds: number) => Math.floor(now().getTime() / 1000) + expiresInSeconds

  async function findUpload ({
    bucket,
    key,
    uploadId
  }: PartedUpload): Promise<BegunUpload & { readonly directory: string }> {
    const directory = join(uploads, uploadId)
    const upload = /^[0-9a-f-]{36}$/.test(uploadId) ? await readUpload(directory) : undefined
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) {
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

    async startParts (target, { signal, expiresInSeconds }) {
      resolveLocalPaths(target)
      return await guard(target, signal, async () => {
        await sweepUploads(uploads, now())
        const uploadId = randomUUID()
        const { bucket, key, contentType, metadata } = target
        await beginUpload(join(uploads, uploadId), {
          bucket,
          key,
          contentType,
          metadata,
          expires: computeExpiry(expiresInSeconds)
        })
        return uploadId
      })
    },

    async presignPart (upload, { number, bytes, expiresInSeconds }) {
      const expires = computeExpiry(expiresInSeconds)
      return {
        url: signPartUrl(secret, publicUrl(), upload, { part: number, bytes, expires }),
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

    verifyPart (query) {
      verifyPartQuery(secret, query, now())
    },

    verifyForm (fields) {
      return verifyForm(secret, fields, now())
    },

    async receivePart ({ bucket, key, upload, part, bytes }, { body, signal }) {
      return await guardUpload({ bucket, key }, signal, async () => {
        const { directory } = await findUpload({ bucket, key, uploadId: upload })
        const temporary = join(directory, `arriving-${randomUUID()}`)
        try {
          const etag = await receiveFile(body, temporary, bytes, signal)
          await rename(temporary, join(directory, namePart(part)))
          return etag
        } catch (error) {
          await rm(temporary, { force: true })
          throw error
        }
      })
    },

    async receiveForm (policy, { body, signal }) {
      return await guard(policy, signal, async () => {
        await sweepUploads(uploads, now())
        const directory = join(uploads, randomUUID())
        try {
          await beginUpload(directory, policy)
          const temporary = join(directory, 'arriving')
          const etag = await receiveFile(body, temporary, policy.bytes, signal)
          const { contentType, metadata } = policy
          await placeLocalObject(root, policy, { temporary, etag, sidecar: { contentType, metadata } }, signal)
          return etag
        } finally {
          await rm(directory, { recursive: true, force: true })
        }
      })
    }
  }
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
