import { createWriteStream } from 'node:fs'
import { link } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { FrameSource } from '../video/extract/extract-frame.ts'
import type { ReadStats } from '../video/source/byte-source.ts'
import { openFileSource } from '../video/source/file-byte-source.ts'
import type { IdentifiedSource } from './source-identity.ts'
import type { StoredSource } from './thumbnail.ts'

/** A source that is open for one job. */
export interface OpenedSource extends FrameSource {
  /** Returns the bytes and requests that reading the source has taken so far, by ranges and as a whole. */
  readonly stats: () => ReadStats
  readonly close: () => Promise<void>
}

/** Dependencies and limits of {@link openFrameSource}. */
export interface OpenContext {
  readonly store: ObjectStore
  readonly scratch: Scratch
  /** Directory of the job on scratch. */
  readonly directory: string
  readonly signal: AbortSignal
  /** Size of the largest object that is downloaded to scratch. */
  readonly maxSourceBytes: number
}

/**
 * Links an upload into the directory of the job. Equal uploads share one job; the caller whose file the job reads may
 * leave, and delete that file, while other callers still wait.
 *
 * @throws PosterframeError `source_changed` if the file was deleted already; the other callers then retry with their
 * own file
 */
export async function claimUpload (identified: IdentifiedSource, directory: string): Promise<IdentifiedSource> {
  const { source } = identified
  if (source.kind !== 'upload') return identified
  const path = join(directory, 'source')
  try {
    await link(source.path, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new PosterframeError('source_changed', { cause: error })
  }
  return { ...identified, source: { ...source, path } }
}

/** Opens a source for random access. Its `stage` downloads the whole source to scratch; an upload is there already. */
export async function openFrameSource (identified: IdentifiedSource, context: OpenContext): Promise<OpenedSource> {
  const name = JSON.stringify(identified.identity)
  if (!('reader' in identified)) {
    const { path } = identified.source
    const reader = await openFileSource(path, { etag: identified.etag, signal: context.signal })
    let stagedBytes = 0
    return {
      name,
      reader,
      stage: async () => {
        stagedBytes = reader.size
        return path
      },
      stats: () => ({ bytesRead: reader.stats.bytesRead + stagedBytes, requests: 0 }),
      close: () => reader.close()
    }
  }
  const { source, headRequests } = identified
  const reader = identified.reader.withSignal(context.signal)
  let staged = { bytesRead: 0, requests: headRequests }
  let path: string | undefined
  return {
    name,
    reader,
    async stage () {
      if (path !== undefined) return path
      path = await downloadObject(source, identified, context)
      staged = { bytesRead: identified.bytes, requests: headRequests + 1 }
      return path
    },
    stats: () => ({
      bytesRead: reader.stats.bytesRead + staged.bytesRead,
      requests: reader.stats.requests + staged.requests
    }),
    close: async () => {}
  }
}

async function downloadObject (
  source: StoredSource,
  { etag, bytes }: IdentifiedSource,
  { store, scratch, directory, signal, maxSourceBytes }: OpenContext
): Promise<string> {
  if (bytes > maxSourceBytes) throw new PosterframeError('source_too_large', { members: { maxBytes: maxSourceBytes } })
  await scratch.reserveSpace(bytes, directory)
  const path = join(directory, 'source')
  const { body } = await store.get(source, { signal, ifMatch: etag })
  const file = createWriteStream(path)
  await pipeline(body, file, { signal })
  if (file.bytesWritten !== bytes) {
    throw new PosterframeError('store_unavailable', {
      detail: `The store announced ${bytes} bytes of the video and sent ${file.bytesWritten}.`
    })
  }
  return path
}
