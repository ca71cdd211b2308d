import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isBug, isPosterframeError, PosterframeError } from '../../errors.ts'
import { scratchFullError } from '../../limits/scratch.ts'
import { startRateWatchdog } from '../../limits/rate-watchdog.ts'
import { startStallWatchdog } from '../../limits/stall-watchdog.ts'
import type { UploadedSource } from '../../thumbnails/thumbnail.ts'

/** Limits of one upload. */
export interface UploadLimits {
  /** Largest file; a larger one is `upload_too_large`. */
  readonly maxBytes: number
  /** Longest time without data; after it the upload is `upload_stalled`. */
  readonly idleMs: number
  /** Reserves room on the disk. Called as the file arrives, so that a stalled upload holds no more than it has sent. */
  readonly reserve: (bytes: number) => Promise<void>
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal
  /** Advice for a client whose file is too large; appended to `detail`. */
  readonly hint: string
}

/** Limits of a form, besides the size of its file. */
export const PART_LIMITS = { files: 1, fields: 32, parts: 33, fieldNameSize: 100, fieldSize: 1024, headerPairs: 32 }

/** Room is reserved for as much as has arrived once more, at most this. */
const MAX_RESERVED_STEP_BYTES = 16 * 1024 * 1024
/** Least rate of an upload, over twice its idle time. A modem of 1998 is faster. */
const MIN_BYTES_PER_SECOND = 4096

/** An upload on its way to the scratch disk, and the means to watch it. */
interface Receiving {
  readonly path: string
  readonly limits: UploadLimits
  /** Aborts when the upload stalls, or the client disconnects. */
  readonly signal: AbortSignal
  /** Is called for everything that arrives, with its size. */
  readonly onChunk: (bytes: number) => void
}

/**
 * Streams the file of a multipart body (RFC 7578), or a body that is the file itself, into `directory` and computes its
 * SHA-256. Memory use is bounded by the buffers of the streams. Passes each text field of a form to `acceptField`,
 * which may throw.
 *
 * @throws PosterframeError `invalid_request`, `upload_too_large`, `upload_stalled`, `scratch_full`
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
  const receiving = { path: join(directory, 'source'), limits, signal, onChunk: stall.count }
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
  for await (const part of readParts(parts, signal)) {
    onChunk(0)
    if (part.type === 'field') {
      acceptField(part.fieldname, readField(part))
      continue
    }
    if (isText(part)) throw textFileError(part.fieldname)
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

/** Returns whether a part is not a file: it has neither a name nor a type of its own, which is then text/plain. */
function isText ({ filename, mimetype }: { readonly filename?: string, readonly mimetype: string }): boolean {
  return filename === undefined && mimetype === 'text/plain'
}

function textFileError (name: string): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `The field '${name}' is a text, and must be a file. With curl, write an @ before its path: ${name}=@sample.mp4.`,
    members: { parameter: name }
  })
}

async function storeFile (
  file: Readable,
  { path, limits, signal, onChunk }: Receiving
): Promise<UploadedSource> {
  const hash = createHash('sha256')
  let bytes = 0
  let reservedBytes = 0
  await pipeline(
    file,
    async function * (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        onChunk(chunk.length)
        hash.update(chunk)
        bytes += chunk.length
        if (bytes > limits.maxBytes) throw uploadTooLargeError(limits)
        if (bytes > reservedBytes) {
          const step = Math.max(chunk.length, Math.min(bytes, MAX_RESERVED_STEP_BYTES))
          await limits.reserve(step)
          reservedBytes += step
        }
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

/** Yields the parts of a form until the signal aborts. Throws `invalid_request` for one without a name (RFC 7578). */
export async function * readParts (parts: AsyncIterator<Multipart>, signal: AbortSignal): AsyncGenerator<Multipart> {
  for await (const part of readUntilAborted(parts, signal)) {
    if ((part.fieldname as string | undefined) === undefined) {
      throw new PosterframeError('invalid_request', {
        detail: 'A part of the form has no name. Give each its name: Content-Disposition: form-data; name="file".'
      })
    }
    yield part
  }
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

/** Aborts `signal` when an upload stalls or drips. */
export interface UploadWatch {
  readonly signal: AbortSignal
  /** Counts bytes that have arrived; 0 for a part of a form without data. */
  readonly count: (bytes: number) => void
  readonly stop: () => void
}

/**
 * Starts a watch that aborts an upload with `upload_stalled` if no data arrives for `idleMs` milliseconds, or less than
 * the least rate over twice that time.
 */
export function watchUpload (idleMs: number): UploadWatch {
  const detail = `The upload stalled: no data arrived for ${idleMs / 1000} s. Send the file again.`
  const stall = startStallWatchdog(idleMs, () => new PosterframeError('upload_stalled', { detail }))
  const windowMs = 2 * idleMs
  const slow =
    `The upload is too slow: less than ${MIN_BYTES_PER_SECOND.toLocaleString('en')} bytes per second arrived over ` +
    `${windowMs / 1000} s. Send the file again over a faster connection.`
  const rate = startRateWatchdog(
    { windowMs, minBytes: (MIN_BYTES_PER_SECOND * windowMs) / 1000 },
    () => new PosterframeError('upload_stalled', { detail: slow })
  )
  return {
    signal: AbortSignal.any([stall.signal, rate.signal]),
    count (bytes) {
      stall.postpone()
      rate.count(bytes)
    },
    stop () {
      stall.stop()
      rate.stop()
    }
  }
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
