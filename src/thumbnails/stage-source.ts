import { createWriteStream } from 'node:fs'
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
