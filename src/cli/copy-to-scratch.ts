import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../errors.ts'
import type { UploadedSource } from '../thumbnails/thumbnail.ts'
import type { CommandService, Input } from './cli-context.ts'
import { usageError } from './option-flags.ts'

/** Where a source is copied to, and the limits of the copy. */
export interface CopyContext {
  /** A directory on scratch. */
  readonly directory: string
  readonly maxBytes: number
  readonly scratch: Pick<CommandService['scratch'], 'reserveSpace'>
  readonly signal: AbortSignal
}

/** Space that is reserved at a time for a stream, whose size is not known in advance. */
const STREAM_STEP_BYTES = 64 * 1024 * 1024

/**
 * Copies a file to a scratch directory, where it is treated like an upload. The decoder sees nothing but the scratch
 * directory, and changes to the original file during the run have no effect.
 *
 * @throws PosterframeError `source_not_found`, `invalid_request` if it is no regular file, `upload_too_large`,
 * `scratch_full`
 */
export async function copyFileToScratch (path: string, context: CopyContext): Promise<UploadedSource> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined) {
    throw new PosterframeError('source_not_found', {
      detail: `There is no file '${path}'. For an object in the store, use s3://bucket/key.`
    })
  }
  if (stats.isDirectory()) throw usageError(`'${path}' is a directory. Name a video in it.`)
  if (!stats.isFile()) {
    throw usageError(`'${path}' is not a regular file. Pipe its content into the command, with - as the source.`)
  }
  if (stats.size > context.maxBytes) throw tooLargeError(`The file has ${format(stats.size)} bytes, more`, context)
  await context.scratch.reserveSpace(stats.size, context.directory)
  return await copy(createReadStream(path), stats.size, context)
}

/**
 * Copies standard input to a scratch directory, where it is treated like an upload.
 *
 * @throws PosterframeError `invalid_request` if it is a terminal or empty; `upload_too_large`, `scratch_full`
 */
export async function copyInputToScratch (stdin: Input, context: CopyContext): Promise<UploadedSource> {
  if (stdin.isTTY === true) {
    throw usageError('Standard input is a terminal. Pipe a video into the command, or name a file instead of -.')
  }
  const source = await copy(stdin, 0, context)
  if (source.bytes === 0) throw usageError('Standard input is empty. Pipe a video into the command.')
  return source
}

async function copy (input: Readable, reservedBytes: number, context: CopyContext): Promise<UploadedSource> {
  const { directory, maxBytes, scratch, signal } = context
  const hash = createHash('sha256')
  const path = join(directory, 'source')
  let bytes = 0
  let reserved = reservedBytes
  try {
    await pipeline(
      input,
      async function * (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length
          if (bytes > maxBytes) throw tooLargeError('The video has more', context)
          if (bytes > reserved) {
            await scratch.reserveSpace(STREAM_STEP_BYTES, directory)
            reserved += STREAM_STEP_BYTES
          }
          hash.update(chunk)
          yield chunk
        }
      },
      createWriteStream(path, { flags: 'wx' }),
      { signal }
    )
  } catch (error) {
    // Node's streams wrap the reason of a signal in an AbortError. Throw the reason itself.
    signal.throwIfAborted()
    throw error
  }
  return { kind: 'upload', path, bytes, sha256: hash.digest('hex') }
}

function tooLargeError (problem: string, { maxBytes }: CopyContext): PosterframeError {
  return new PosterframeError('upload_too_large', {
    detail: `${problem} than the ${format(maxBytes)} bytes that POSTERFRAME_MAX_UPLOAD_BYTES allows. Set it to a larger number.`
  })
}

function format (bytes: number): string {
  return bytes.toLocaleString('en')
}
