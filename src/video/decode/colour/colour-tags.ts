import type { FrameInfo } from '../frame-info.ts'
import type { Conversion, Transfer } from './conversion.ts'
import type { Primaries } from './primaries.ts'

/** Untagged colour counts as BT.709 from this many lines on, below as BT.601, as in players. */
const HD_MIN_HEIGHT = 720
const HD_MIN_WIDTH = 1280

const RGB_FORMATS = /^(gbr|rgb|bgr|argb|rgba|abgr|bgra|x2rgb|x2bgr|xyz|pal8|0rgb|0bgr)/
const ALPHA_FORMATS = /^(yuva|rgba|argb|bgra|abgr|gbrap|ya)/

const TRANSFERS: Readonly<Record<string, Transfer>> = { smpte2084: 'pq', 'arib-std-b67': 'hlg' }
/** Primaries of BT.601 and older standards, so close to BT.709 that players treat them alike. */
const PRIMARIES: Readonly<Record<string, Primaries>> = { bt2020: 'bt2020', smpte431: 'p3', smpte432: 'p3' }
const UNSAID = new Set(['unknown', 'unspecified', 'reserved', 'gbr'])

/** Returns whether the frame has an alpha channel. */
export function hasAlpha ({ pixelFormat }: FrameInfo): boolean {
  return ALPHA_FORMATS.test(pixelFormat)
}

/** Returns whether the frame is RGB, so that it has no matrix. */
export function isRgb ({ pixelFormat }: FrameInfo): boolean {
  return RGB_FORMATS.test(pixelFormat)
}

/**
 * Returns the ffmpeg name of the matrix of a frame. Guesses an untagged one: BT.2020 if the other tags are BT.2020,
 * otherwise by size.
 *
 * @returns undefined for RGB
 */
export function chooseMatrix (info: FrameInfo): { readonly name: string, readonly isGuessed: boolean } | undefined {
  if (isRgb(info)) return undefined
  if (!UNSAID.has(info.colorSpace)) return { name: info.colorSpace, isGuessed: false }
  const isWide = info.colorPrimaries === 'bt2020' || (isHdrTransfer(info) && UNSAID.has(info.colorPrimaries))
  return { name: isWide ? 'bt2020' : guessBySize(info), isGuessed: true }
}

/** Returns the conversion of the frame's colours to BT.709; undefined if they are BT.709 already. */
export function chooseConversion (info: FrameInfo): Conversion | undefined {
  const transfer = TRANSFERS[info.colorTransfer] ?? 'sdr'
  const primaries = choosePrimaries(info)
  return transfer === 'sdr' && primaries === 'bt709' ? undefined : { transfer, primaries }
}

/** Untagged primaries follow the matrix (VP9 signals BT.2020 by it alone), or are BT.2020 in HDR. */
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
