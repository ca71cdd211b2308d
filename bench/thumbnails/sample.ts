import type { Traffic } from '../store/exchange.ts'
import type { Seek, ServiceReport } from '../support/posterframe.ts'
import type { Contestant } from './contestants.ts'

/** State of the index: warm if Posterframe holds it in memory, from a request for another timestamp of the video. */
export type IndexState = 'cold' | 'warm'

/** One thumbnail made by one contestant. */
export interface Sample extends Traffic {
  readonly contestant: Contestant
  readonly input: string
  readonly seek: Seek
  /** Null for contestants other than Posterframe. */
  readonly index: IndexState | null
  readonly ms: number
  readonly cpuSeconds: number
  /**
   * Peak memory of the largest process of ffmpeg and ffmpegthumbnailer; of the service without its children for
   * `posterframeFfmpeg`, and with its workers for `posterframeLibav`.
   */
  readonly peakBytes: number
  readonly scratchBytes: number
  /** True if the contestant was stopped at the time limit, so that every figure here is a lower bound. */
  readonly isTimedOut: boolean
  /** Frame number read from the thumbnail; null if any frame is accepted. */
  readonly barcode: number | null
  /** Null for contestants other than Posterframe. */
  readonly report: ServiceReport | null
}
