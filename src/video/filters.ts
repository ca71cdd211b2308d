import { displaySize, type FrameFacts } from './frame-facts.ts'
import { planScaledSize, type SizeWish } from './scaled-size.ts'

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
 * The filters that turn a decoded frame into full-range RGB of the size that is wanted, in square pixels. Scaling here and
 * not after the pipe spares most of the conversion. The matrix and the range are said outright where the bitstream does
 * not say them, since swscale would take BT.601 for everything.
 *
 * @param upright the frame as it stands, turned already
 * @returns filter graph text for ffmpeg
 */
export function planFrameFilters (upright: FrameFacts, wish: SizeWish): string {
  // By way of planes: swscale's direct path to packed RGB is either slow or up to two levels of 255 too dark.
  const pixels = hasAlpha(upright) ? 'format=gbrap,format=rgba' : 'format=gbrp,format=rgb24'
  return `scale=${[planScale(upright, wish), planColour(upright)].filter(Boolean).join(':')},${pixels}`
}

function planScale (upright: FrameFacts, wish: SizeWish): string {
  const { width, height } = planScaledSize(displaySize(upright), wish)
  const isScaled = width !== upright.width || height !== upright.height
  // Lanczos, as sharp does; chroma alone is enlarged without its ringing.
  return `w=${width}:h=${height}:flags=${isScaled ? 'lanczos' : 'bicubic'}+full_chroma_int+accurate_rnd`
}

function planColour (facts: FrameFacts): string {
  if (RGB_FORMATS.test(facts.pixelFormat)) return ''
  const matrix = facts.colorSpace === 'unknown' ? `in_color_matrix=${guessMatrix(facts)}:` : ''
  const range = facts.colorRange === 'unknown' ? 'in_range=tv:' : ''
  return `${matrix}${range}out_range=pc`
}

function guessMatrix ({ width, height }: FrameFacts): 'bt709' | 'bt601' {
  const [short, long] = width < height ? [width, height] : [height, width]
  return short >= HD_MIN_HEIGHT || long >= HD_MIN_WIDTH ? 'bt709' : 'bt601'
}
