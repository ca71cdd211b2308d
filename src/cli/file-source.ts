import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../errors.ts'
import type { UploadedSource } from '../thumbnails/thumbnail.ts'
import type { CommandService } from './cli-context.ts'

/**
 * Brings a file to a directory of scratch, as an upload comes there: what decodes sees nothing else, and whoever
 * changes the file meanwhile changes nothing.
 *
 * @throws PosterframeError `source_not_found`, `upload_too_large`, `scratch_full`
 */
export async function bringFile (
  path: string,
  {
    directory,
    maxBytes,
    scratch,
    signal
  }: {
    readonly directory: string
    readonly maxBytes: number
    readonly scratch: Pick<CommandService['scratch'], 'reserveSpace'>
    readonly signal: AbortSignal
  }
): Promise<UploadedSource> {
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isFile() !== true) throw new PosterframeError('source_not_found', { detail: `There is no file ${path}.` })
  if (stats.size > maxBytes) {
    throw new PosterframeError('upload_too_large', {
      detail: `The file has more than the ${maxBytes.toLocaleString('en')} bytes of POSTERFRAME_MAX_UPLOAD_BYTES.`
    })
  }
  await scratch.reserveSpace(stats.size, directory)
  const hash = createHash('sha256')
  const target = join(directory, 'source')
  let bytes = 0
  await pipeline(
    createReadStream(path),
    async function * (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(target, { flags: 'wx' }),
    { signal }
  )
  return { kind: 'upload', path: target, bytes, sha256: hash.digest('hex') }
}
