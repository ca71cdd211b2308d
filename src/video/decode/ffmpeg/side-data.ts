import type { DolbyVision } from '../../media/dolby-vision.ts'

/** What stands beside the chosen track, as ffmpeg prints it of its input. */
export interface SideData {
  /** Degrees clockwise that the coded picture must be turned to stand upright: 0, 90, 180 or 270. */
  readonly rotation: number
  /** The Dolby Vision configuration; undefined where there is none. */
  readonly dolbyVision: DolbyVision | undefined
  /** Whether an alpha channel stands beside the picture, which not every decoder shows. */
  readonly hasAlpha: boolean
}

/**
 * Reads what ffmpeg prints of its input. It is the sender's own claim about the sender's own picture, so that a
 * forged line gains nothing over a forged box.
 */
export class SideDataReader {
  readonly #ofStreams = new Map<string, SideData>()
  #stream = ''
  #chosen = ''

  /** What stands beside the chosen track. */
  get sideData (): SideData {
    return this.#ofStreams.get(this.#chosen) ?? NONE
  }

  /** Takes a line of stderr; most are not for it. */
  readonly take = (line: string): void => {
    const mapped = /^ {2}Stream #0:(\d+) -> #0:0\b/.exec(line)
    const described = /^ {2}Stream #0:(\d+)/.exec(line)
    // ffmpeg counts anticlockwise.
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
