import type { Picture } from './picture.ts'
import type { Warning, Work } from '../../telemetry/work.ts'

/** The video, as its index describes it. Saved with the thumbnail, so that a cached response has it too. */
export interface VideoInfo {
  /** Seconds; null if the file does not state it. */
  readonly duration: number | null
  readonly container: string
  readonly codec: string
  /** Display size in pixels, with rotation and pixel aspect applied. */
  readonly width: number
  readonly height: number
  /** Degrees clockwise that the coded picture is rotated for display: 0, 90, 180 or 270. */
  readonly rotation: number
  readonly hdr: boolean
}

/** Warns that a file consists of several movies, of which the first is shown. */
export const SECOND_MOVIE_IGNORED: Warning = {
  code: 'second_movie_ignored',
  detail:
    'The file contains another movie after the first one, as if two files were copied one behind the other. ' +
    'Only the first one is shown, as by players. Join the videos with a video editor instead.'
}

/** An extracted frame: upright, in square pixels, scaled (`computeScaledSize`), but neither cropped nor padded. */
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
