import type { Picture } from './picture.ts'
import type { Warning, Work } from '../../telemetry/work.ts'

/** What the index says of the video; kept with the thumbnail, so that a hit answers like a miss. */
export interface VideoInfo {
  /** Seconds; null where nobody wrote it. */
  readonly duration: number | null
  readonly container: string
  readonly codec: string
  /** Display size in pixels: after rotation and pixel aspect. */
  readonly width: number
  readonly height: number
  /** Degrees clockwise that the coded picture is turned to stand upright: 0, 90, 180 or 270. */
  readonly rotation: number
  readonly hdr: boolean
}

/** The frame that was taken: upright, in square pixels, scaled (`computeScaledSize`) but neither cropped nor padded. */
export interface ExtractedFrame {
  readonly picture: Picture
  /** Presentation time in microseconds, rounded up. */
  readonly timestampMicros: number
  readonly isKey: boolean
  readonly source: VideoInfo
  readonly warnings: readonly Warning[]
  readonly packetsDecoded: number
  readonly mode: Exclude<Work['mode'], 'cached'>
}
