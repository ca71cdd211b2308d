import type { DolbyVision } from '../../media/dolby-vision.ts'
import { isVideoStreamType } from '../unknown-video.ts'

/** Side data of the chosen track, as ffmpeg prints it for its input. */
export interface SideData {
  /** Clockwise rotation that makes the coded picture upright: 0, 90, 180 or 270 degrees. */
  readonly rotation: number
  /** Dolby Vision configuration; undefined if there is none. */
  readonly dolbyVision: DolbyVision | undefined
  /** True if the track has a separate alpha channel, which not every decoder supports. */
  readonly hasAlpha: boolean
}

/**
 * Parses the input description of ffmpeg. A forged line gains nothing over a forged box, because both only describe
 * the sender's own picture.
 */
export class SideDataReader {
  readonly #ofStreams = new Map<string, SideData>()
  readonly #unknownTypes = new Set<number>()
  #stream = ''
  #chosen = ''

  /** Side data of the chosen track. */
  get sideData (): SideData {
    return this.#ofStreams.get(this.#chosen) ?? NONE
  }

  /** True if the input has a video in a codec that ffmpeg does not know. */
  hasUnknownVideo (demuxer: string): boolean {
    return [...this.#unknownTypes].some((type) => isVideoStreamType(demuxer, type))
  }

  /** Parses a line of stderr; ignores most. */
  readonly take = (line: string): void => {
    const unknown = /^ {2}Stream #0:\d+.*: Unknown: .* \/ 0x([0-9A-F]{4,8})\)/.exec(line)
    if (unknown?.[1] !== undefined) this.#unknownTypes.add(parseInt(unknown[1], 16))
    const mapped = /^ {2}Stream #0:(\d+) -> #0:0\b/.exec(line)
    const described = /^ {2}Stream #0:(\d+)/.exec(line)
    // ffmpeg counts counter-clockwise.
    const turned = /^ +displaymatrix: rotation of (-?[\d.]+) degrees/.exec(line)
    const configured = /^ +DOVI configuration record: .*\bprofile: (\d+),.*\bcompatibility id: (\d+)/.exec(line)
    const isTransparent = /^ +alpha_mode +: 1$/i.test(line)
    if (this.#chosen !== '') return // What follows describes the output.
    if (mapped !== null) this.#chosen = mapped[1] ?? ''
    else if (described !== null) this.#stream = described[1] ?? ''
    else if (turned !== null) this.#add({ rotation: (360 - Math.round(Number(turned[1]) / 90) * 90) % 360 })
    else if (isTransparent) this.#add({ hasAlpha: true })
    else if (configured !== null) {
      this.#add({ dolbyVision: { profile: Number(configured[1]), compatibility: Number(configured[2]) } })
    }
  }

  #add (found: Partial<SideData>): void {
    this.#ofStreams.set(this.#stream, { ...(this.#ofStreams.get(this.#stream) ?? NONE), ...found })
  }
}

const NONE: SideData = { rotation: 0, dolbyVision: undefined, hasAlpha: false }
