/** Properties of a decoded frame, as printed by the `showinfo` filter. */
export interface FrameInfo {
  readonly pts: number
  readonly isKey: boolean
  /** ffmpeg name of the pixel format, such as `yuv420p10le`. */
  readonly pixelFormat: string
  /** In pixels, which may not be square. */
  readonly width: number
  readonly height: number
  /** Pixel aspect ratio: width over height of a pixel; 1 if unknown. */
  readonly pixelAspect: number
  /** Clockwise rotation that was applied to make the coded picture upright: 0, 90, 180 or 270 degrees. */
  readonly rotation: number
  /** First field of an interlaced frame. */
  readonly interlacing: 'progressive' | 'top-first' | 'bottom-first'
  readonly colorRange: string
  readonly colorSpace: string
  readonly colorPrimaries: string
  readonly colorTransfer: string
}

/**
 * Parses the lines of one `showinfo` filter in ffmpeg's stderr. The filter has a random name, so that file metadata,
 * which ffmpeg also prints there, cannot forge them.
 */
export class FrameInfoReader {
  /** Name of the filter, as in `showinfo@name`. */
  readonly filterName: string
  readonly #prefix: string
  readonly #frames: FrameInfo[] = []

  constructor (filterName: string) {
    this.filterName = filterName
    this.#prefix = `[showinfo@${filterName} @ `
  }

  get frames (): readonly FrameInfo[] {
    return this.#frames
  }

  /** Parses a line of stderr; ignores most. */
  readonly take = (line: string): void => {
    // A progress or "repeated" message without a line end may precede it.
    const at = line.indexOf(this.#prefix)
    if (at === -1) return
    const text = line.slice(line.indexOf(']', at) + 1)
    const frame = parseFrame(text)
    if (frame !== undefined) this.#frames.push(frame)
    else this.#amend(text)
  }

  #amend (text: string): void {
    const last = this.#frames.at(-1)
    if (last === undefined) return
    const colour = /color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)/.exec(text)
    if (colour !== null) {
      const [, colorRange = '', colorSpace = '', colorPrimaries = '', colorTransfer = ''] = colour
      this.#frames[this.#frames.length - 1] = { ...last, colorRange, colorSpace, colorPrimaries, colorTransfer }
    }
  }
}

const INTERLACINGS: Readonly<Record<string, FrameInfo['interlacing']>> = {
  P: 'progressive',
  T: 'top-first',
  B: 'bottom-first'
}

function parseFrame (text: string): FrameInfo | undefined {
  const match = /^ *n: *\d+ pts: *(-?\d{1,19}) .*?fmt:(\w{1,40}) .*?sar:(\d{1,10})\/(\d{1,10}) s:(\d{1,6})x(\d{1,6}) i:(\S) .*?iskey:([01])/.exec(
    text
  )
  if (match === null) return undefined
  const [, pts, pixelFormat = '', across, down, width, height, interlacing = '', key] = match
  return {
    pts: Number(pts),
    isKey: key === '1',
    pixelFormat,
    width: Number(width),
    height: Number(height),
    pixelAspect: Number(across) > 0 && Number(down) > 0 ? Number(across) / Number(down) : 1,
    rotation: 0,
    interlacing: INTERLACINGS[interlacing] ?? 'progressive',
    colorRange: 'unknown',
    colorSpace: 'unknown',
    colorPrimaries: 'unknown',
    colorTransfer: 'unknown'
  }
}

/** Returns whether the transfer function is one of HDR (Rec. ITU-R BT.2100: PQ or HLG). */
export function isHdr ({ colorTransfer }: FrameInfo): boolean {
  return colorTransfer === 'smpte2084' || colorTransfer === 'arib-std-b67'
}

/** Swaps width, height and pixel aspect ratio for a frame rotated by 90° or 270°. */
export function turnUpright (coded: FrameInfo): FrameInfo {
  if (!isOnItsSide(coded)) return coded
  return { ...coded, width: coded.height, height: coded.width, pixelAspect: 1 / coded.pixelAspect }
}

/**
 * Returns the size of an upright frame in square pixels. The pixel aspect ratio scales the coded width, also of a
 * rotated frame.
 */
export function displaySize (upright: FrameInfo): { width: number, height: number } {
  const { width, height, pixelAspect } = upright
  return isOnItsSide(upright)
    ? { width, height: Math.max(1, Math.round(height / pixelAspect)) }
    : { width: Math.max(1, Math.round(width * pixelAspect)), height }
}

function isOnItsSide ({ rotation }: FrameInfo): boolean {
  return rotation === 90 || rotation === 270
}
