import type { FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isBug, isPosterframeError, PosterframeError } from '../../errors.ts'
import { scratchFullError } from '../../limits/scratch.ts'
import { startStallWatchdog, type StallWatchdog } from '../../limits/stall-watchdog.ts'
import type { UploadedSource } from '../../thumbnails/thumbnail.ts'

/** Limits of one upload. */
export interface UploadLimits {
  /** Largest file; a larger one is `upload_too_large`. */
  readonly maxBytes: number
  /** Longest time without data; after it the upload is `timed_out`. */
  readonly idleMs: number
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
  /** Advice for a client whose file is too large; appended to `detail`. */
  readonly hint: string
}

/** Limits of a form, besides the size of its file. */
export const PART_LIMITS = { files: 1, fields: 32, parts: 33, fieldNameSize: 100, fieldSize: 1024, headerPairs: 32 }

/** An upload on its way to the scratch disk, and the means to watch it. */
interface Receiving {
  readonly path: string
  readonly limits: UploadLimits
  /** Aborts when the upload stalls, or the client disconnects. */
  readonly signal: AbortSignal
  /** Is called for everything that arrives. */
  readonly onChunk: () => void
}

/**
 * Streams the file of a multipart body (RFC 7578), or a body that is the file itself, into `directory` and computes its
 * SHA-256. Memory use is bounded by the buffers of the streams. Passes each text field of a form to `acceptField`,
 * which may throw.
 *
 * @throws PosterframeError `invalid_request`, `upload_too_large`, `timed_out`, `scratch_full`
 * @throws the reason of `limits.signal`
 */
export async function receiveUpload (
  request: FastifyRequest,
  directory: string,
  limits: UploadLimits,
  acceptField: (name: string, text: string) => void
): Promise<UploadedSource> {
  const stall = watchUpload(limits.idleMs)
  const signal = AbortSignal.any([limits.signal, stall.signal])
  const receiving = { path: join(directory, 'source'), limits, signal, onChunk: stall.postpone }
  try {
    return request.isMultipart()
      ? await receiveForm(request, receiving, acceptField)
      : await storeFile(request.raw.pipe(new PassThrough()), receiving)
  } catch (error) {
    signal.throwIfAborted()
    throw translateUploadError(error)
  } finally {
    stall.stop()
    request.raw.unpipe()
  }
}

async function receiveForm (
  request: FastifyRequest,
  receiving: Receiving,
  acceptField: (name: string, text: string) => void
): Promise<UploadedSource> {
  const { limits, signal, onChunk } = receiving
  let source: UploadedSource | undefined
  const isPartAFile = (name?: string, _type?: string, filename?: string) => name === 'file' || filename !== undefined
  const parts = request.parts({ limits: { ...PART_LIMITS, fileSize: limits.maxBytes }, isPartAFile })
  for await (const part of readUntilAborted(parts, signal)) {
    onChunk()
    if (part.type === 'field') {
      acceptField(part.fieldname, readField(part))
      continue
    }
    const { file } = part
    file.once('limit', () => file.destroy(uploadTooLargeError(limits)))
    source = await storeFile(file, receiving)
    // A file that arrives in one chunk is truncated before the listener above is added.
    if (file.truncated) throw uploadTooLargeError(limits)
  }
  if (source !== undefined) return source
  throw new PosterframeError('invalid_request', {
    detail: "The form has no file. Send the video in a field of the form, such as 'file'.",
    members: { parameter: 'file' }
  })
}

async function storeFile (
  file: Readable,
  { path, limits, signal, onChunk }: Receiving
): Promise<UploadedSource> {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(
    file,
    async function * (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        onChunk()
        hash.update(chunk)
        bytes += chunk.length
        if (bytes > limits.maxBytes) throw uploadTooLargeError(limits)
        yield chunk
      }
    },
    createWriteStream(path, { flags: 'wx' }),
    { signal }
  )
  return { kind: 'upload', path, bytes, sha256: hash.digest('hex') }
}

/** Returns `upload_too_large` with the limit and the hint. */
export function uploadTooLargeError ({ maxBytes, hint }: Pick<UploadLimits, 'maxBytes' | 'hint'>): PosterframeError {
  const detail = `The upload exceeds the limit of ${maxBytes.toLocaleString('en')} bytes. ${hint}`
  return new PosterframeError('upload_too_large', { detail, members: { maxBytes } })
}

/** Returns `invalid_request` for a file in any field but `file`. */
export function unexpectedFileError (name: string): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `The field '${name.slice(0, 100)}' contains a file. Send the file as the field 'file'.`
  })
}

/**
 * Yields the items until the signal aborts, then throws its reason. Without it, iterating a form or a body would wait
 * forever for a client that stops sending. Does not close the iterator, so that a response can still be sent.
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

/** Starts a watchdog that aborts an upload with `timed_out` if no data arrives for `idleMs` milliseconds. */
export function watchUpload (idleMs: number): StallWatchdog {
  const detail = `The upload stalled: no data arrived for ${idleMs / 1000} s. Send the file again.`
  return startStallWatchdog(idleMs, () => new PosterframeError('timed_out', { detail }))
}

/** Returns the text of a form field. Throws `invalid_request` for a file, and for a text beyond the length limit. */
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
    detail: `The field '${fieldname.slice(0, 100)}' is too long or not text. Send a short plain text.`
  })
}

/**
 * Translates an error of reading or storing a form: a full disk to `scratch_full`, a malformed form to
 * `invalid_request`. Returns any other error unchanged.
 */
export function translateUploadError (error: unknown): unknown {
  if (isPosterframeError(error)) return error
  const full = scratchFullError(error)
  if (full !== undefined) return full
  const { code, syscall } = Object(error) as NodeJS.ErrnoException
  if (syscall !== undefined || isBug(error)) return error
  const detail =
    code === 'FST_FILES_LIMIT'
      ? 'The form has more than one file. Send one file per request.'
      : 'The body is malformed or incomplete. Send the whole of it; a form ends with its final boundary.'
  return new PosterframeError('invalid_request', { detail, cause: error })
}
