import { open, type FileHandle } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { assertReadRange, type ByteSource } from './byte-source.ts'
import { createReadBudget, type ReadLimits } from './read-budget.ts'

/** A video on scratch. Holds a file descriptor until it is closed. */
export interface FileByteSource extends ByteSource {
  /** Closes the file once the reads in progress have ended. Later calls do nothing. */
  close(): Promise<void>
}

/** Options for opening and reading a file. */
export interface FileSourceOptions extends Pick<ReadLimits, 'maxBytes'> {
  /** Identifies the version: the SHA-256 of an upload. */
  readonly etag: string
  readonly signal: AbortSignal
}

/**
 * Opens a file that is no longer written to.
 *
 * @throws an error of the operating system if it cannot be opened; `read` throws PosterframeError `source_changed` if
 * the file has become shorter, `video_limits_exceeded` past `maxBytes` (1 GiB)
 */
export async function openFileSource (
  path: string,
  { etag, signal, maxBytes = 1024 ** 3 }: FileSourceOptions
): Promise<FileByteSource> {
  signal.throwIfAborted()
  const file = await open(path)
  const { size } = await file.stat().catch(async (error: unknown) => {
    await file.close()
    throw error
  })
  const budget = createReadBudget({ maxBytes })
  return {
    size,
    etag,
    get stats () {
      return budget.stats
    },

    async read (start, end) {
      assertReadRange(start, end, size)
      signal.throwIfAborted()
      budget.claimBytes(end - start)
      const target = Buffer.allocUnsafeSlow(end - start)
      await fillFromFile(file, target, start, signal)
      budget.countBytes(target.length)
      return target
    },

    close: () => file.close()
  }
}

/** Large enough that the calls cost nothing, small enough that an abort is noticed between two of them. */
const MAX_CHUNK_BYTES = 16 * 1024 * 1024

async function fillFromFile (file: FileHandle, target: Buffer, start: number, signal: AbortSignal): Promise<void> {
  for (let filledBytes = 0; filledBytes < target.length;) {
    const { bytesRead } = await file.read(
      target,
      filledBytes,
      Math.min(MAX_CHUNK_BYTES, target.length - filledBytes),
      start + filledBytes
    )
    signal.throwIfAborted()
    if (bytesRead === 0) throw new PosterframeError('source_changed')
    filledBytes += bytesRead
  }
}
