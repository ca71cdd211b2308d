import type { FrameInfo } from '../frame-info.ts'
import type { Conversion, Transfer } from './conversion.ts'
import type { Primaries } from './primaries.ts'

/** From this many lines on, colour that nobody tagged is taken for BT.709, below it for BT.601, as players do. */
const HD_MIN_HEIGHT = 720
const HD_MIN_WIDTH = 1280

const RGB_FORMATS = /^(gbr|rgb|bgr|argb|rgba|abgr|bgra|x2rgb|x2bgr|xyz|pal8|0rgb|0bgr)/
const ALPHA_FORMATS = /^(yuva|rgba|argb|bgra|abgr|gbrap|ya)/

const TRANSFERS: Readonly<Record<string, Transfer>> = { smpte2084: 'pq', 'arib-std-b67': 'hlg' }
/** Those of BT.601 and older ones lie so close to BT.709's that players let them pass for it. */
const PRIMARIES: Readonly<Record<string, Primaries>> = { bt2020: 'bt2020', smpte431: 'p3', smpte432: 'p3' }
const UNSAID = new Set(['unknown', 'unspecified', 'reserved', 'gbr'])

/** Whether the frame has an alpha channel. */
export function hasAlpha ({ pixelFormat }: FrameInfo): boolean {
  return ALPHA_FORMATS.test(pixelFormat)
}

/** Whether the frame is of red, green and blue already, so that it has no matrix. */
export function isRgb ({ pixelFormat }: FrameInfo): boolean {
  return RGB_FORMATS.test(pixelFormat)
}

/**
 * The matrix of a frame by ffmpeg's name, guessed where nobody said it: BT.2020's where all else is of BT.2020,
 * otherwise by the size.
 *
 * @returns undefined for RGB
 */
export function chooseMatrix (info: FrameInfo): { readonly name: string, readonly isGuessed: boolean } | undefined {
  if (isRgb(info)) return undefined
  if (!UNSAID.has(info.colorSpace)) return { name: info.colorSpace, isGuessed: false }
  const isWide = info.colorPrimaries === 'bt2020' || (isHdrTransfer(info) && UNSAID.has(info.colorPrimaries))
  return { name: isWide ? 'bt2020' : guessBySize(info), isGuessed: true }
}

/** What makes a picture in BT.709 of the frame's colours; undefined where they are that already. */
export function chooseConversion (info: FrameInfo): Conversion | undefined {
  const transfer = TRANSFERS[info.colorTransfer] ?? 'sdr'
  const primaries = choosePrimaries(info)
  return transfer === 'sdr' && primaries === 'bt709' ? undefined : { transfer, primaries }
}

/** Where nobody said them they go with the matrix (VP9 tells BT.2020 by it alone), or are BT.2020's in HDR. */
function choosePrimaries (info: FrameInfo): Primaries {
  if (!UNSAID.has(info.colorPrimaries)) return PRIMARIES[info.colorPrimaries] ?? 'bt709'
  return info.colorSpace.startsWith('bt2020') || isHdrTransfer(info) ? 'bt2020' : 'bt709'
}

function isHdrTransfer ({ colorTransfer }: FrameInfo): boolean {
  return Object.hasOwn(TRANSFERS, colorTransfer)
}

function guessBySize ({ width, height }: FrameInfo): 'bt709' | 'bt601' {
  const [short, long] = width < height ? [width, height] : [height, width]
  return short >= HD_MIN_HEIGHT || long >= HD_MIN_WIDTH ? 'bt709' : 'bt601'
}
