import { open, type FileHandle } from 'node:fs/promises'
import { PosterframeError } from '../../errors.ts'
import { checkReadRange, type ByteSource } from './byte-source.ts'
import { createReadBudget, type ReadLimits } from './read-budget.ts'

/** A video that lies on scratch. Takes a file descriptor until it is closed. */
export interface FileByteSource extends ByteSource {
  /** Lets go of the file; once is enough, twice does no harm. Reads that still run end first. */
  close(): Promise<void>
}

/** How a file is opened and read. */
export interface FileSourceOptions extends Pick<ReadLimits, 'maxBytes'> {
  /** What names the version: for an upload its SHA-256. */
  readonly etag: string
  readonly signal: AbortSignal
}

/**
 * Opens a file that nobody writes to any more.
 *
 * @throws an error of the operating system where it cannot be opened; `read` throws PosterframeError `source_changed`
 * where the file has become shorter, `video_limits_exceeded` past `maxBytes` (1 GiB)
 */
export async function openFileSource (
  path: string,
  { etag, signal, maxBytes = 1024 ** 3 }: FileSourceOptions
): Promise<FileByteSource> {
  signal.throwIfAborted()
  const file = await open(path)
  const { size: bytes } = await file.stat().catch(async (error: unknown) => {
    await file.close()
    throw error
  })
  const budget = createReadBudget({ maxBytes })
  return {
    bytes,
    etag,
    get stats () {
      return budget.stats
    },

    async read (start, end) {
      checkReadRange(start, end, bytes)
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

/** So long that the calls do not count, so short that an abort is noticed. */
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
