import { createWriteStream } from 'node:fs'
import { link } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { ReadStats } from '../video/source/byte-source.ts'
import { openFileSource } from '../video/source/file-byte-source.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { FrameSource } from '../video/extract/extract-frame.ts'
import type { StoredSource } from './thumbnail.ts'
import type { IdentifiedSource } from './source-identity.ts'

/** A source that is open for one making of a thumbnail. */
export interface OpenedSource extends FrameSource {
  /** What was read of it so far, in whatever way. */
  readonly stats: () => ReadStats
  readonly close: () => Promise<void>
}

/** What opening a source may use. */
export interface OpenContext {
  readonly store: ObjectStore
  readonly scratch: Scratch
  /** The making's own directory on scratch. */
  readonly directory: string
  readonly signal: AbortSignal
  /** Past it nothing is brought to scratch. */
  readonly maxSourceBytes: number
}

/**
 * Gives an upload a name in the flight's own directory. Equal uploads share one flight, and whoever sent the file that
 * it reads may leave, and take that file along, while others still wait.
 *
 * @throws PosterframeError `source_changed` where the file is gone already; the others then go on with their own
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

/** Opens a source for random access; its `stage` brings the whole to scratch, where an upload is already. */
export async function openFrameSource (identified: IdentifiedSource, context: OpenContext): Promise<OpenedSource> {
  const name = JSON.stringify(identified.identity)
  if (!('reader' in identified)) {
    const { path } = identified.source
    const reader = await openFileSource(path, { etag: identified.etag, signal: context.signal })
    let staged = 0
    return {
      name,
      reader,
      stage: async () => {
        staged = reader.size
        return path
      },
      stats: () => ({ bytesRead: reader.stats.bytesRead + staged, requests: 0 }),
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
      path = await stageObject(source, identified, context)
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

async function stageObject (
  source: StoredSource,
  { etag, bytes }: IdentifiedSource,
  { store, scratch, directory, signal, maxSourceBytes }: OpenContext
): Promise<string> {
  if (bytes > maxSourceBytes) throw new PosterframeError('source_too_large', { members: { maxBytes: maxSourceBytes } })
  await scratch.ensureRoom(bytes, directory)
  const path = join(directory, 'source')
  const { body } = await store.get(source, { signal, ifMatch: etag })
  const file = createWriteStream(path)
  await pipeline(body, file, { signal })
  if (file.bytesWritten !== bytes) {
    throw new PosterframeError('store_unavailable', {
      detail: 'The store sent another number of bytes than it announced.'
    })
  }
  return path
}
