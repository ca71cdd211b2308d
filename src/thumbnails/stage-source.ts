import { createWriteStream } from 'node:fs'
import { link } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { IdentifiedSource } from './make-thumbnail.ts'

/** A source that lies on scratch as a whole. */
export interface StagedSource {
  readonly path: string
  readonly bytesRead: number
  /** Requests to the store, that for the entity tag included. */
  readonly requests: number
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

/**
 * Brings the whole source to scratch; an upload is there already.
 *
 * @throws PosterframeError `scratch_full`, `source_changed`, and what the store throws
 */
export async function stageSource (
  { source, etag, bytes }: IdentifiedSource,
  { store, scratch, directory, signal }: { store: ObjectStore, scratch: Scratch, directory: string, signal: AbortSignal }
): Promise<StagedSource> {
  if (source.kind === 'upload') return { path: source.path, bytesRead: bytes, requests: 0 }
  await scratch.ensureRoom(bytes, directory)
  const path = join(directory, 'source')
  const { body } = await store.get(source, { signal, ifMatch: etag })
  const file = createWriteStream(path)
  await pipeline(body, file, { signal })
  if (file.bytesWritten !== bytes) {
    throw new PosterframeError('store_unavailable', { detail: 'The store sent another number of bytes than it announced.' })
  }
  return { path, bytesRead: bytes, requests: 2 }
}
