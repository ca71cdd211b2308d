import { closeSync, createReadStream, fdatasync, openSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { PosterframeError } from '../../errors.ts'
import { KeySet } from './key-set.ts'
import type { ListedSource } from './source-list.ts'

/** The outcome of a source in an earlier run: done, or failed permanently. */
export type KnownOutcome = 'done' | 'failed'

/** The outcome of one source, as the journal records it. */
export type JournalEntry =
  | { readonly outcome: 'made' | 'found' }
  | { readonly outcome: 'failed', readonly code: string, readonly retryable: boolean }

/** A file that records the outcome of each source, so that an interrupted backfill can be resumed. */
export interface Journal {
  /**
   * Returns the outcome of exactly this version of a source in earlier runs with the same options; undefined if the
   * source still has to be processed.
   */
  find(source: ListedSource): KnownOutcome | undefined
  /** Records the outcome of a source before it is counted or reported. */
  write(source: ListedSource, entry: JournalEntry): void
  /** Flushes written lines to the disk. Resolves even if that fails. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** A journal that records nothing. */
export const NO_JOURNAL: Journal = { find: () => undefined, write () {}, sync: async () => {}, close: async () => {} }

/** A line of the file, not validated. The member names are persisted: `options` is the hash of the options. */
interface Line {
  readonly options?: unknown
  readonly bucket?: unknown
  readonly key?: unknown
  readonly etag?: unknown
  readonly outcome?: unknown
  readonly retryable?: unknown
}

/**
 * Opens a journal and reads the outcomes of earlier runs. Creates the file if it does not exist. Ignores lines with
 * another hash of options. Removes an incomplete last line, which a crash of the machine can leave.
 *
 * @param optionsHash identifies the thumbnails of this run, so that the outcomes of other options do not count
 * @throws PosterframeError `invalid_request` for a file that is not a journal or cannot be written
 */
export async function openJournal (path: string, optionsHash: string): Promise<Journal> {
  const known = { done: new KeySet(), failed: new KeySet() }
  const file = await open(path, 'a+').catch((error: unknown) => {
    throw new PosterframeError('invalid_request', {
      detail: `The journal '${path}' cannot be written. Use a writable file.`,
      cause: error
    })
  })
  try {
    let number = 0
    let invalid: { readonly number: number, readonly text: string } | undefined
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      if (invalid !== undefined) break
      number += 1
      const line = parseLine(text)
      if (line === undefined) invalid = { number, text }
      else if (line.options === optionsHash) remember(known, line)
    }
    // Never truncate a file that is not a journal: the path may be a mistake.
    if (invalid !== undefined && !(invalid.number === number && INCOMPLETE_LINE.test(invalid.text))) {
      throw new PosterframeError('invalid_request', {
        detail: `'${path}' is not a journal: line ${invalid.number} is not a journal entry. Use a new file or a journal.`
      })
    }
    await removeIncompleteLine(file)
  } finally {
    await file.close()
  }
  const descriptor = openSync(path, 'a')

  const sync = (): Promise<void> =>
    new Promise((resolve) =>
      fdatasync(descriptor, () => {
        resolve()
      })
    )
  return {
    sync,
    find (source) {
      const id = sourceId(source)
      return known.done.has(id) ? 'done' : known.failed.has(id) ? 'failed' : undefined
    },
    write ({ bucket, key, etag }, entry) {
      // Synchronous and in one call, so that no outcome is lost if the process is killed.
      writeSync(descriptor, `${JSON.stringify({ options: optionsHash, bucket, key, etag, ...entry })}\n`)
    },
    async close () {
      await sync()
      closeSync(descriptor)
    }
  }
}

/** The beginning of a journal line, or the zero bytes that a file system leaves for data it did not write in time. */
const INCOMPLETE_LINE = /^(\{"options":"|\0*$)/

function remember (
  { done, failed }: { readonly done: KeySet, readonly failed: KeySet },
  { bucket, key, etag, outcome, retryable }: Line
): void {
  const id = sourceId({ bucket, key, etag })
  if (outcome !== 'failed') done.add(id)
  else if (retryable === false) failed.add(id)
}

function sourceId ({ bucket, key, etag }: { readonly [Name in 'bucket' | 'key' | 'etag']?: unknown }): string {
  return JSON.stringify([bucket, key, etag])
}

function parseLine (text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null ? line : undefined
  } catch {
    return undefined
  }
}

const CHUNK_BYTES = 64 * 1024

/** Removes everything after the last line feed. */
async function removeIncompleteLine (file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK_BYTES)
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    const last = buffer.lastIndexOf('\n')
    if (last >= 0) {
      if (start + last + 1 < size) await file.truncate(start + last + 1)
      return
    }
    end = start
  }
  if (size > 0) await file.truncate(0)
}
