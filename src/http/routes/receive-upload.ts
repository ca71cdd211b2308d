import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { scratchFullError } from '../../limits/scratch.ts'
import { startStallWatchdog, type StallWatchdog } from '../../limits/stall-watchdog.ts'
import type { UploadedSource } from '../../thumbnails/thumbnail.ts'

/** What bounds one upload. */
export interface UploadLimits {
  /** Of the file; one byte more is `upload_too_large`. */
  readonly maxBytes: number
  /** Nothing arrived for so long: `timed_out`. */
  readonly idleMs: number
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** What the client may do instead of sending so much; ends `detail`. */
  readonly hint: string
}

/** What bounds the parts of a form beside the size of the file. */
export const partLimits = { files: 1, fields: 32, parts: 33, fieldNameSize: 100, fieldSize: 1024, headerPairs: 32 }

/**
 * Streams the one `file` part of a multipart body (RFC 7578) into `directory` while its SHA-256 is taken, never more of
 * it in memory than the streams' buffers, and hands each text field to `acceptField`, which may throw.
 * Throws `invalid_request`, `upload_too_large`, `timed_out`, `scratch_full`, or the reason of the signal.
 */
export async function receiveUpload (
  request: FastifyRequest,
  directory: string,
  limits: UploadLimits,
  acceptField: (name: string, text: string) => void
): Promise<UploadedSource> {
  const stall = watchUpload(limits.idleMs)
  const signal = AbortSignal.any([limits.signal, stall.signal])
  try {
    let source: UploadedSource | undefined
    const isPartAFile = (name?: string, _type?: string, filename?: string) => name === 'file' || filename !== undefined
    const parts = request.parts({ limits: { ...partLimits, fileSize: limits.maxBytes }, isPartAFile })
    for await (const part of readUntilAborted(parts, signal)) {
      stall.postpone()
      if (part.type === 'field') {
        acceptField(part.fieldname, readField(part))
      } else if (part.fieldname !== 'file') {
        throw new PosterframeError('invalid_request', {
          detail: `The part '${part.fieldname.slice(0, 100)}' is a file; only 'file' may be one.`
        })
      } else {
        source = await storeFile(part.file, join(directory, 'source'), limits, signal, stall.postpone)
      }
    }
    if (source === undefined) {
      throw new PosterframeError('invalid_request', {
        detail: "The form has no 'file' part.",
        members: { parameter: 'file' }
      })
    }
    return source
  } catch (error) {
    signal.throwIfAborted()
    throw translateUploadError(error)
  } finally {
    stall.stop()
    request.raw.unpipe()
  }
}

async function storeFile (
  file: MultipartFile['file'],
  path: string,
  limits: UploadLimits,
  signal: AbortSignal,
  onChunk: () => void
): Promise<UploadedSource> {
  const hash = createHash('sha256')
  let bytes = 0
  file.once('limit', () => file.destroy(refuseSize(limits)))
  await pipeline(
    file,
    async function * (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        onChunk()
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(path, { flags: 'wx' }),
    { signal }
  )
  // A file that came in one piece was cut before anyone could listen for it.
  if (file.truncated) throw refuseSize(limits)
  return { kind: 'upload', path, bytes, sha256: hash.digest('hex') }
}

/** `upload_too_large`, with what the client may do instead. */
export function refuseSize ({ maxBytes, hint }: Pick<UploadLimits, 'maxBytes' | 'hint'>): PosterframeError {
  const detail = `An upload may have at most ${maxBytes.toLocaleString('en')} bytes here. ${hint}`
  return new PosterframeError('upload_too_large', { detail, members: { maxBytes } })
}

/**
 * Reads until the signal is aborted, and then throws its reason: the iteration of a form, or of a body, would wait
 * for ever for a client that sends no more. What is read from is left as it is, so that there can still be an answer.
 */
export async function * readUntilAborted<T> (items: AsyncIterator<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  signal.addEventListener('abort', () => aborted.reject(signal.reason as Error), { once: true })
  for (;;) {
    const next = await Promise.race([items.next(), aborted.promise])
    if (next.done === true) return
    yield next.value
  }
}

/** Starts a watchdog that aborts an upload with `timed_out` when no bytes arrive for `idleMs`. */
export function watchUpload (idleMs: number): StallWatchdog {
  return startStallWatchdog(idleMs, () => new PosterframeError('timed_out', { detail: 'The upload stalled.' }))
}

/** The text of a field of a form; throws `invalid_request` for a file or one that is too long. */
export function readField ({
  fieldname,
  value,
  valueTruncated
}: {
  fieldname: string
  value: unknown
  valueTruncated: boolean
}): string {
  if (typeof value === 'string' && !valueTruncated) return value
  throw new PosterframeError('invalid_request', {
    detail: `The field '${fieldname.slice(0, 100)}' is not a short plain text.`
  })
}

/** What went wrong with a body means: `invalid_request`, `scratch_full`, or what it is already. */
export function translateUploadError (error: unknown): unknown {
  if (isPosterframeError(error)) return error
  const full = scratchFullError(error)
  if (full !== undefined) return full
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall !== undefined) return error
  const detail =
    code === 'FST_FILES_LIMIT'
      ? 'The form has more than one file.'
      : 'The multipart body is malformed or ends too early.'
  return new PosterframeError('invalid_request', { detail, cause: error })
}
