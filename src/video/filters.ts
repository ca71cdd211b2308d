import type { FrameFacts } from './frame-facts.ts'

/** From this many lines on, colour that nobody tagged is taken for BT.709, below it for BT.601, as players do. */
const HD_MIN_HEIGHT = 720
const HD_MIN_WIDTH = 1280

const ALPHA_FORMATS = /^(yuva|rgba|argb|bgra|abgr|gbrap|ya)/
const RGB_FORMATS = /^(gbr|rgb|bgr|argb|rgba|abgr|bgra|pal8|0rgb|0bgr)/

/** Whether the frame has an alpha channel. */
export function hasAlpha ({ pixelFormat }: FrameFacts): boolean {
  return ALPHA_FORMATS.test(pixelFormat)
}

/**
 * The filters that turn a decoded frame into full-range RGB: the matrix and the range are said outright where the
 * bitstream does not say them, since swscale would take BT.601 for everything.
 *
 * @returns filter graph text for ffmpeg
 */
export function planColourFilters (facts: FrameFacts): string {
  // By way of planes: swscale's direct path to packed RGB is either slow or up to two levels of 255 too dark.
  const pixels = hasAlpha(facts) ? 'format=gbrap,format=rgba' : 'format=gbrp,format=rgb24'
  const flags = 'flags=bicubic+full_chroma_int+accurate_rnd'
  if (RGB_FORMATS.test(facts.pixelFormat)) return `scale=${flags},${pixels}`
  const matrix = facts.colorSpace === 'unknown' ? `in_color_matrix=${guessMatrix(facts)}:` : ''
  const range = facts.colorRange === 'unknown' ? 'in_range=tv:' : ''
  return `scale=${matrix}${range}out_range=pc:${flags},${pixels}`
}

function guessMatrix ({ width, height }: FrameFacts): 'bt709' | 'bt601' {
  const [short, long] = width < height ? [width, height] : [height, width]
  return short >= HD_MIN_HEIGHT || long >= HD_MIN_WIDTH ? 'bt709' : 'bt601'
}
