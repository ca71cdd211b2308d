import type { VideoCodec } from '../../media/track.ts'

/** What the worker thread is asked: one job at a time. Times are ticks of the container's own clock. */
export interface MatroskaJob {
  /** Size of the source. */
  readonly bytes: number
  readonly ticksPerSecond: number
  /** Number of the video track, as the container has it. */
  readonly track: number
  readonly codec: VideoCodec
  readonly codecConfig: Uint8Array
  readonly task:
    /** The run to the last frame (or key frame) at or before a moment; `Infinity`: of all. */
    | {
      readonly kind: 'run'
      readonly atTicks: number
      readonly wantsKey: boolean
      readonly maxPackets: number
      readonly maxBytes: number
    }
    /** What leads to a key frame from the one before it, that key frame not with it. */
    | { readonly kind: 'before', readonly ticks: number, readonly maxPackets: number, readonly maxBytes: number }
    /** The key frames at or before some moments. */
    | { readonly kind: 'keys', readonly atTicks: readonly number[] }
    /** The last packets of some tracks. */
    | { readonly kind: 'ends', readonly tracks: readonly number[] }
}

/** A packet of an answer; its bytes come one after the other in the answer's `data`. */
export interface AnsweredPacket {
  readonly ticks: number
  readonly isKey: boolean
  readonly bytes: number
}

/** Packets and their bytes. */
export interface AnsweredPackets {
  readonly packets: readonly AnsweredPacket[]
  readonly data: Uint8Array<ArrayBuffer>
}

/** The end of a track: its last packet in the order of presentation, and how far the one before it lies back. */
export interface TrackEnd {
  readonly track: number
  readonly lastTicks: number
  /** 0 where the container does not say it. */
  readonly durationTicks: number
  readonly gapTicks: number
}

/** What the worker answers, by the kind of the task. */
export type MatroskaAnswer =
  | (AnsweredPackets & { readonly kind: 'run', readonly isPastEnd: boolean })
  | (AnsweredPackets & { readonly kind: 'before' | 'keys' })
  | { readonly kind: 'ends', readonly ends: readonly TrackEnd[] }

/** From the main thread to the worker. */
export type ToWorker =
  | { readonly kind: 'job', readonly job: MatroskaJob }
  | { readonly kind: 'bytes', readonly id: number, readonly data: Uint8Array }

/** From the worker to the main thread. */
export type FromWorker =
  | { readonly kind: 'read', readonly id: number, readonly start: number, readonly end: number }
  | { readonly kind: 'answer', readonly answer: MatroskaAnswer }
  | { readonly kind: 'refused', readonly reason: string }
