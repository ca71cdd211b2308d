import { constants } from 'node:fs'
import { access, mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../../errors.ts'
import { createSemaphore } from '../../limits/semaphore.ts'
import { guardBody } from '../guarded-body.ts'
import { StoreError } from '../store-error.ts'
import { toLocalStoreError } from './local-error.ts'
import { deriveEtag, ignoreErrorCode, type LocalFile } from './local-file.ts'
import { listLocalObjects } from './local-listing.ts'
import { openLocalObject, placeLocalObject, removeLocalObject } from './local-object.ts'
import { checkBucket, resolveLocalPaths } from './local-path.ts'
import { openLocalRoot } from './local-root.ts'
import { readSidecar } from './local-sidecar.ts'
import type { ByteRange, ObjectLocation, ObjectStore } from '../object-store.ts'
import { signUrl, verifySignedQuery, type SignedQuery } from './signed-url.ts'

/** Settings of the local store. */
export interface LocalStoreOptions {
  /** Root of the objects: `<directory>/<bucket>/<key>`. Created if missing. */
  readonly directory: string
  /** Buckets to create at the start, so that users find a directory for their files. */
  readonly buckets?: readonly string[]
  /** Base of the signed URLs, without a slash at the end; called for each URL, because the port may be known late. */
  readonly publicUrl: () => string
  /** Clock for signing and verifying URLs. */
  readonly now?: () => Date
}

/** An object store whose signed URLs the app serves itself. */
export interface LocalStore extends ObjectStore {
  /**
   * Returns the location that a signed URL grants. Throws `invalid_signature` if it was not signed here, was changed,
   * or has expired.
   */
  verifySigned(query: SignedQuery): { readonly location: ObjectLocation, readonly expiresAt: Date }
}

/** Objects that are looked up at once. Each needs file descriptors; many callers may ask for one object together. */
const LOOKUPS = { slots: 32, queue: Infinity }

/** Opens a directory as an object store, the default without S3. Throws if the directory cannot be used. */
export async function createLocalStore ({
  directory,
  buckets = [],
  publicUrl,
  now = () => new Date()
}: LocalStoreOptions): Promise<LocalStore> {
  const { root, secret, arrivals } = await openLocalRoot(directory)
  const lookups = createSemaphore(LOOKUPS)
  for (const bucket of buckets) {
    checkBucket(bucket)
    await mkdir(join(root, bucket), { recursive: true })
  }

  async function checkLocalBucket (bucket: string, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted()
      checkBucket(bucket)
      await access(join(root, bucket), constants.R_OK | constants.X_OK)
    } catch (error) {
      throw toLocalStoreError(error, { bucket }, signal)
    }
  }

  const presign: ObjectStore['presignGet'] = async (location, { expiresInSeconds }) => {
    resolveLocalPaths(location)
    const expires = Math.floor(now().getTime() / 1000) + expiresInSeconds
    const url = signUrl(secret, publicUrl(), location, expires)
    return { url, expiresAt: new Date(expires * 1000), expiresInSeconds }
  }

  return {
    async head (location, { signal }) {
      try {
        return await lookups.run(signal, async () => {
          const file = await openLocalObject(root, location)
          if (file === undefined) return undefined
          await file.handle.close()
          return { bytes: file.bytes, etag: file.etag, ...(await readSidecar(root, location, file.etag)) }
        })
      } catch (error) {
        throw toLocalStoreError(error, location, signal)
      }
    },

    async get (location, { signal, range, ifMatch }) {
      const toError = (error: unknown) => toLocalStoreError(error, location, signal)
      let file: LocalFile | undefined
      try {
        signal.throwIfAborted()
        file = await openLocalObject(root, location)
        if (file === undefined) throw await describeMissing(root, location)
        const { bytes, etag, handle } = file
        if (ifMatch !== undefined && ifMatch !== etag) throw new StoreError('changed', location)
        const part = cutRange(range, bytes)
        const sidecar = await readSidecar(root, location, etag)
        const body = guardBody(handle.createReadStream(part), {
          bytes: part.end === undefined ? 0 : part.end - part.start + 1,
          signal,
          toError
        })
        return { bytes, etag, ...sidecar, body }
      } catch (error) {
        await file?.handle.close()
        throw toError(error)
      }
    },

    async put (location, data, { signal, contentType, metadata }) {
      resolveLocalPaths(location)
      try {
        signal.throwIfAborted()
        await arrivals.withDirectory(async (directory) => {
          const temporary = join(directory, 'object')
          const etag = await writeTemporary(temporary, data)
          await placeLocalObject(root, location, { temporary, etag, sidecar: { contentType, metadata } }, signal)
        })
      } catch (error) {
        throw toLocalStoreError(error, location, signal)
      }
    },

    async delete (location, { signal }) {
      try {
        signal.throwIfAborted()
        await removeLocalObject(root, location)
      } catch (error) {
        throw toLocalStoreError(error, location, signal)
      }
    },

    presignGet: presign,
    // The app serves HEAD with the URL of a GET.
    presignHead: presign,

    async * list (bucket, { prefix, signal }) {
      await checkLocalBucket(bucket, signal)
      try {
        yield * listLocalObjects(root, bucket, { prefix, signal })
      } catch (error) {
        throw toLocalStoreError(error, { bucket }, signal)
      }
    },

    check: (bucket, { signal }) => checkLocalBucket(bucket, signal),

    verifySigned (query) {
      verifySignedQuery(secret, query, now())
      return { location: { bucket: query.bucket, key: query.key }, expiresAt: new Date(query.expires * 1000) }
    }
  }
}

/** Returns `source_not_found` for an object: without its bucket, the bucket is what is missing. */
async function describeMissing (root: string, location: ObjectLocation): Promise<StoreError> {
  const hasBucket = await stat(join(root, location.bucket)).then(() => true, ignoreErrorCode('ENOENT'))
  return new StoreError(hasBucket === true ? 'no_object' : 'no_bucket', location)
}

/**
 * Writes and syncs a file, so that no crash can leave it empty under its final name, and returns its entity tag.
 */
async function writeTemporary (path: string, data: Uint8Array): Promise<string> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(data)
    await file.sync()
    return deriveEtag(await file.stat({ bigint: true }))
  } finally {
    await file.close()
  }
}

/** Converts a range to the options of `createReadStream`, whose `end` is the last byte; an empty file has none. */
function cutRange (range: ByteRange | undefined, bytes: number): { start: number, end?: number } {
  if (range === undefined) return bytes === 0 ? { start: 0 } : { start: 0, end: bytes - 1 }
  // Callers cut ranges to the known size, as in the S3 store: only a replaced object can be shorter.
  if (range.start >= bytes) throw new PosterframeError('source_changed')
  return { start: range.start, end: Math.min(range.end, bytes) - 1 }
}
