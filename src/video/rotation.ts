/**
 * Reads how far the chosen track is turned out of what ffmpeg prints of its input. It is the sender's own claim about
 * the sender's own picture, so that a forged line gains nothing over a forged matrix.
 */
export class RotationReader {
  readonly #degrees = new Map<string, number>()
  #stream = ''
  #chosen = ''

  /** Degrees clockwise that the coded picture must be turned to stand upright: 0, 90, 180 or 270. */
  get rotation (): number { return this.#degrees.get(this.#chosen) ?? 0 }

  /** Takes a line of stderr; most are not for it. */
  readonly take = (line: string): void => {
    const mapped = /^ {2}Stream #0:(\d+) -> #0:0\b/.exec(line)
    const described = /^ {2}Stream #0:(\d+)/.exec(line)
    // ffmpeg counts anticlockwise.
    const turned = /^ +displaymatrix: rotation of (-?[\d.]+) degrees/.exec(line)
    if (this.#chosen !== '') return // What follows describes the output.
    if (mapped !== null) this.#chosen = mapped[1] ?? ''
    else if (described !== null) this.#stream = described[1] ?? ''
    else if (turned !== null) this.#degrees.set(this.#stream, (360 - Math.round(Number(turned[1]) / 90) * 90) % 360)
  }
}
