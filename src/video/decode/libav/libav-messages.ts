import type { DolbyVision } from '../../media/dolby-vision.ts'
import type { TimeBase } from '../../media/time.ts'
import type { ByteSlice, CutPlan, DecodeBranch } from '../decode-plan.ts'

/** The only file that a job may open, and how to open it. */
export interface JobInput {
  /** Absolute path. */
  readonly path: string
  /** Name of the libav demuxer. */
  readonly demuxer: string
  readonly isProbed: boolean
  readonly decoderName: string | undefined
  readonly threads: number
  readonly maxPixels: number
  /** Display matrix; absent: that of the track. */
  readonly matrix?: readonly number[] | undefined
  /** Packets of the chosen track to read; absent: all. */
  readonly range?: CutPlan | undefined
  /** The bytes to read as if they were the whole file; absent: all. */
  readonly slice?: ByteSlice | undefined
  /** Place of the track to decode among the video tracks that are no cover pictures; absent: ffmpeg's choice. */
  readonly videoTrack?: number | undefined
  /** True to read an MP4 as if it had no edit lists. */
  readonly ignoresEdits?: boolean | undefined
}

/** A task for a worker. */
export type Task =
  | { readonly kind: 'about', readonly filters: readonly string[], readonly decoders: readonly string[] }
  | { readonly kind: 'list', readonly input: JobInput }
  /** `count` 0: all frames. */
  | { readonly kind: 'inspect', readonly input: JobInput, readonly filterName: string, readonly count: number }
  | {
    readonly kind: 'decode'
    readonly input: JobInput
    readonly seekSeconds: number | null
    readonly keyFramesOnly: boolean
    readonly branches: ReadonlyArray<DecodeBranch & { readonly filterName: string }>
  }

/** A task as sent through the pipe. */
export interface Job {
  readonly task: Task
  /** Scratch directory of the request, from which filters may read lookup tables. */
  readonly directory: string
  /** Line that begins the log of this job on stderr, which shows that the worker itself runs it. */
  readonly startOfLog: string
  /** Line that ends the log of this job on stderr; unguessable for a file. */
  readonly endOfLog: string
}

/** A track in a listing. */
export interface TrackAnswer {
  readonly kind: string
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly timeBase: TimeBase
  readonly span: { readonly start: number, readonly end: number } | undefined
}

/** Reason why a job failed: a code of the catalogue if libav reports it directly; otherwise the log explains it. */
export type JobFailure = 'no_video_track' | 'unsupported_codec' | 'video_limits_exceeded' | 'failed' | 'bug'

/** Head of a response; pictures or packets follow as bytes. */
export type AnswerHead =
  | { readonly kind: 'about', readonly version: string, readonly missing: readonly string[] }
  /**
   * Packets of the chosen track follow, each as four 64-bit floats: presentation time, duration, flags, and the offset
   * of its first byte, which is negative if unknown.
   */
  | {
    readonly kind: 'list'
    readonly tracks: readonly TrackAnswer[]
    readonly chosen: number
    readonly hasAlpha: boolean
    readonly restarts: readonly number[]
  }
  | { readonly kind: 'inspect', readonly rotation: number, readonly dolbyVision: DolbyVision | undefined }
  /** Pictures follow, row by row. */
  | {
    readonly kind: 'decode'
    readonly pictures: ReadonlyArray<{
      readonly branch: number
      readonly width: number
      readonly height: number
      readonly channels: 3 | 4
    }>
  }
  | { readonly kind: 'failure', readonly failure: JobFailure, readonly reason: string }

/** A complete response. */
export interface Answer<Head extends AnswerHead = AnswerHead> {
  readonly head: Head
  readonly body: Buffer
}

/** Log line that separates the messages of probing from those of decoding. */
export const DECODING_BEGINS = 'decoding begins'

/** 64-bit floats of a listed packet. */
export const NUMBERS_A_PACKET = 4
/** AV_PKT_FLAG_KEY of a listed packet. */
export const PACKET_KEY = 1
/** AV_PKT_FLAG_DISCARD: a packet that an edit list cuts away. */
export const PACKET_DISCARD = 4

const HEADER_BYTES = 8
/** Maximum size of the head of a message. */
export const MAX_HEAD_BYTES = 1024 * 1024

/** Frames a message: the lengths of its head and body, 32 bits each, then its head as JSON, then its body. */
export function * writeMessage (head: object, body: readonly Buffer[] = []): Generator<Buffer> {
  const json = Buffer.from(JSON.stringify(head))
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(json.length, 0)
  header.writeUInt32LE(
    body.reduce((sum, { length }) => sum + length, 0),
    4
  )
  yield Buffer.concat([header, json])
  yield * body
}

/** Splits a stream into messages. */
export class MessageReader {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #bytes = 0

  /** @param maxBytes maximum size of a message, so that a broken sender cannot exhaust memory */
  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * Adds a chunk and returns the messages that it completes.
   *
   * @throws RangeError above the limit; SyntaxError for a head that is not JSON
   */
  * take (chunk: Buffer): Generator<{ head: unknown, body: Buffer }> {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    while (this.#bytes >= HEADER_BYTES) {
      const first = this.#chunks[0] as Buffer
      if (first.length < HEADER_BYTES) this.#chunks = [Buffer.concat(this.#chunks)]
      const header = this.#chunks[0] as Buffer
      const headEnd = HEADER_BYTES + header.readUInt32LE(0)
      const end = headEnd + header.readUInt32LE(4)
      if (headEnd - HEADER_BYTES > MAX_HEAD_BYTES || end > this.#maxBytes) throw new RangeError('it is too long')
      if (this.#bytes < end) return
      const all = Buffer.concat(this.#chunks)
      this.#chunks = all.length > end ? [all.subarray(end)] : []
      this.#bytes = all.length - end
      yield {
        head: JSON.parse(all.toString('utf8', HEADER_BYTES, headEnd)) as unknown,
        body: all.subarray(headEnd, end)
      }
    }
  }
}

/** A response before framing. */
export interface TaskAnswer {
  readonly head: AnswerHead
  readonly body: readonly Buffer[]
}
