import { closeSync, createReadStream, fdatasync, openSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { PosterframeError } from '../../errors.ts'
import { KeySet } from './key-set.ts'
import type { ListedSource } from './source-list.ts'

/** What a journal knows of a source: it is done, or failed in a way that will be the same next time. */
export type Known = 'done' | 'failed'

/** What is written of one source. */
export type JournalEntry =
  | { readonly outcome: 'made' | 'found' }
  | { readonly outcome: 'failed', readonly code: string, readonly retryable: boolean }

/** What was done by a backfill that ended early, line by line. */
export interface Journal {
  /** What is known of this very version of a source, for the same question; undefined: it is to be done. */
  look(source: ListedSource): Known | undefined
  /** Notes what became of a source, before anything else is. */
  write(source: ListedSource, entry: JournalEntry): void
  /** Sees to it that what was written survives the machine; resolves even where that fails. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** Notes nothing. */
export const NO_JOURNAL: Journal = { look: () => undefined, write () {}, sync: async () => {}, close: async () => {} }

interface Line {
  readonly question?: unknown
  readonly bucket?: unknown
  readonly key?: unknown
  readonly etag?: unknown
  readonly outcome?: unknown
  readonly retryable?: unknown
}

/**
 * Opens a journal, made where it is not there, and reads what it knows. Lines of other questions count for nothing. A
 * line that was cut when the machine stopped is taken off the end.
 *
 * @param question names what is made of each source, so that the answer to another question is not taken for this one's
 * @throws PosterframeError `invalid_request` for a file that is no journal, or cannot be written
 */
export async function openJournal (path: string, question: string): Promise<Journal> {
  const known = { done: new KeySet(), failed: new KeySet() }
  const refuse = (problem: string, cause: unknown) =>
    new PosterframeError('invalid_request', { detail: `The journal ${path} ${problem}.`, cause })
  const file = await open(path, 'a+').catch((error: unknown) => {
    throw refuse('cannot be written', error)
  })
  try {
    let number = 0
    let broken: { readonly number: number, readonly text: string } | undefined
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      if (broken !== undefined) break
      number += 1
      const line = parseLine(text)
      if (line === undefined) broken = { number, text }
      else if (line.question === question) learn(known, line)
    }
    // Nothing is taken off a file that somebody took for a journal.
    if (broken !== undefined && !(broken.number === number && CUT_LINE.test(broken.text))) {
      throw refuse(`is none: line ${broken.number} is not of one`, undefined)
    }
    await endLastLine(file)
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
    look (source) {
      const name = nameSource(source)
      return known.done.has(name) ? 'done' : known.failed.has(name) ? 'failed' : undefined
    },
    write ({ bucket, key, etag }, entry) {
      // At once and in one piece, so that a kill loses nothing that was done.
      writeSync(descriptor, `${JSON.stringify({ question, bucket, key, etag, ...entry })}\n`)
    },
    async close () {
      await sync()
      closeSync(descriptor)
    }
  }
}

/** The beginning of a line of ours, or what a file system leaves of one that it did not write in time. */
const CUT_LINE = /^(\{"question":"|\0*$)/

function learn (
  { done, failed }: { readonly done: KeySet, readonly failed: KeySet },
  { bucket, key, etag, outcome, retryable }: Line
): void {
  const name = nameSource({ bucket, key, etag })
  if (outcome !== 'failed') done.add(name)
  else if (retryable === false) failed.add(name)
}

function nameSource ({ bucket, key, etag }: { readonly [Name in 'bucket' | 'key' | 'etag']?: unknown }): string {
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

/** Takes off what stands behind the last line feed. */
async function endLastLine (file: FileHandle): Promise<void> {
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
