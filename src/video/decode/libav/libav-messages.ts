import type { DolbyVision } from '../../media/dolby-vision.ts'
import type { TimeBase } from '../../media/time.ts'
import type { CutPlan, DecodeBranch } from '../decode-plan.ts'

/** The one file that a job may open, and how. */
export interface JobInput {
  /** Absolute. */
  readonly path: string
  /** libav's name of the demuxer. */
  readonly demuxer: string
  readonly isProbed: boolean
  readonly decoderName: string | undefined
  readonly threads: number
  readonly maxPixels: number
  /** The only packets of the chosen track that are read; absent: all. */
  readonly run?: CutPlan | undefined
}

/** What a worker is asked to do. */
export type Task =
  | { readonly kind: 'about', readonly filters: readonly string[], readonly decoders: readonly string[] }
  | { readonly kind: 'list', readonly input: JobInput }
  /** `count` 0: every frame. */
  | { readonly kind: 'inspect', readonly input: JobInput, readonly filterName: string, readonly count: number }
  | {
    readonly kind: 'decode'
    readonly input: JobInput
    readonly seekSeconds: number | null
    readonly keyFramesOnly: boolean
    readonly branches: ReadonlyArray<DecodeBranch & { readonly filterName: string }>
  }

/** A task as it goes over the pipe. */
export interface Job {
  readonly task: Task
  /** The request's own directory, which filters may read tables from. */
  readonly directory: string
  /** Ends what libav says of this job on stderr; no file can guess it. */
  readonly endOfLog: string
}

/** A track as a worker lists it. */
export interface TrackAnswer {
  readonly kind: string
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly timeBase: TimeBase
  readonly span: { readonly start: number, readonly end: number } | undefined
}

/** Why a job came to nothing: a code of the catalogue where libav says it outright, else what it logged tells. */
export type JobFailure = 'no_video_track' | 'unsupported_codec' | 'video_limits_exceeded' | 'failed'

/** The head of an answer; pictures or packets follow it as bytes. */
export type AnswerHead =
  | { readonly kind: 'about', readonly version: string, readonly missing: readonly string[] }
  /** Packets of the chosen track follow, each as three 64-bit floats: presentation time, duration, flags. */
  | {
    readonly kind: 'list'
    readonly tracks: readonly TrackAnswer[]
    readonly chosen: number
    readonly hasAlpha: boolean
  }
  | { readonly kind: 'inspect', readonly rotation: number, readonly dolbyVision: DolbyVision | undefined }
  /** The pictures follow, row by row. */
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

/** An answer whole. */
export interface Answer<Head extends AnswerHead = AnswerHead> {
  readonly head: Head
  readonly body: Buffer
}

/** A line of the log: what libav says from here on is of the decoding, not of the look at the file before. */
export const DECODING_BEGINS = 'decoding begins'

/** AV_PKT_FLAG_KEY, of a listed packet. */
export const PACKET_KEY = 1
/** AV_PKT_FLAG_DISCARD: what an edit list cuts away. */
export const PACKET_DISCARD = 4

const HEADER_BYTES = 8

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

/** Takes a stream of messages apart as it comes. */
export class MessageReader {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #bytes = 0

  /** @param maxBytes past which a message is refused, so that a broken sender fills no memory */
  constructor (maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * Takes a chunk and gives the messages that are whole with it.
   *
   * @throws RangeError past the limit; SyntaxError for a head that is no JSON
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
      if (end > this.#maxBytes) throw new RangeError('A message of a worker is too long.')
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

/** An answer before it is framed. */
export interface TaskAnswer {
  readonly head: AnswerHead
  readonly body: readonly Buffer[]
}
