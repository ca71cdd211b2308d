import { PosterframeError } from '../../errors.ts'
import { lutFileName } from './colour/lut-3d.ts'
import { chooseConversion, chooseMatrix, hasAlpha } from './colour/colour-tags.ts'
import type { Conversion } from './colour/conversion.ts'
import { deinterlaceFilter } from './deinterlacing.ts'
import { displaySize, type FrameInfo } from './frame-info.ts'
import { computeScaledSize, type Size, type ResizeOptions } from '../media/scaled-size.ts'

/** Filters that convert a decoded frame to a picture. */
export interface FramePlan {
  /** Filter graph description for ffmpeg. */
  readonly filters: string
  /** Conversion whose 3D LUT `filters` reads from the working directory. */
  readonly conversion: Conversion | undefined
}

/**
 * Matrices that swscale supports, by its names, one for each set of coefficients. It would silently treat those of
 * the second list as BT.601.
 */
const SWSCALE_MATRICES = new Map([
  ['bt709', 'bt709'],
  ['fcc', 'fcc'],
  ['bt470bg', 'bt601'],
  ['smpte170m', 'bt601'],
  ['smpte240m', 'smpte240m'],
  ['bt2020nc', 'bt2020']
])
const ZSCALE_MATRICES = new Set(['ycgco', 'bt2020c', 'chroma-derived-nc', 'chroma-derived-c', 'ictcp'])
/**
 * Expands RGB of limited range (ITU-T H.273, section 8.3), which swscale treats as full range: black is 16 of 255,
 * white 235.
 */
const WIDEN_RGB = `lutrgb=${['r', 'g', 'b'].map((channel) => `${channel}=clip((val/maxval*255-16)/219\\,0\\,1)*maxval+0.5`).join(':')}`
const NO_FILTER: ReadonlySet<string> = new Set()

/**
 * Returns the filters that convert a decoded frame to full-range SDR RGB of the requested size in square pixels:
 * deinterlaced, scaled, converted. Scaling here instead of after the pipe saves most of the conversion. Matrix and
 * range are always explicit: swscale would assume BT.601 for untagged video, and the same text for the same colours
 * avoids a second decode when the bitstream confirms the prediction.
 *
 * @param upright properties of the frame after rotation
 * @param missing filters that this ffmpeg lacks
 * @throws PosterframeError `unsupported_codec` if one of these is needed or the matrix is unknown
 */
export function buildFrameFilters (upright: FrameInfo, request: ResizeOptions, missing = NO_FILTER): FramePlan {
  const conversion = chooseConversion(upright)
  // Via planar RGB: swscale's direct path to packed RGB is either slow or up to two levels of 255 too dark.
  const pixels = `format=gbr${hasAlpha(upright) ? 'a' : ''}p${conversion === undefined ? '' : '12le'}`
  const steps = [
    ...deinterlaceFilter(upright, missing),
    ...scalingFilters(upright, computeScaledSize(displaySize(upright), request), { missing, pixels }),
    ...(conversion === undefined ? [] : conversionFilters(conversion, upright, missing)),
    hasAlpha(upright) ? 'format=rgba' : 'format=rgb24'
  ]
  return { filters: steps.join(','), conversion }
}

interface FilterContext {
  readonly missing: ReadonlySet<string>
  readonly pixels: string
}

/** Premultiplies alpha, so that transparent pixels do not affect the colour of their neighbours. */
function scalingFilters (upright: FrameInfo, size: Size, context: FilterContext): string[] {
  const isScaled = size.width !== upright.width || size.height !== upright.height
  if (!isScaled || !hasAlpha(upright)) return rgbFilters(upright, size, context)
  return [
    ...rgbFilters(upright, upright, context),
    'premultiply=inplace=1',
    scaleFilter(upright, size),
    'unpremultiply=inplace=1'
  ]
}

function rgbFilters (upright: FrameInfo, size: Size, { missing, pixels }: FilterContext): string[] {
  const scale = scaleFilter(upright, size) + chromaSiteOptions(upright)
  const matrix = chooseMatrix(upright)
  if (matrix === undefined) return [scale, pixels, ...(upright.colorRange === 'tv' ? [WIDEN_RGB] : [])]
  const name = matrix.isGuessed ? matrix.name : SWSCALE_MATRICES.get(matrix.name)
  if (name !== undefined) {
    return [
      `${scale}:in_color_matrix=${name}:in_range=${upright.colorRange === 'pc' ? 'pc' : 'tv'}:out_range=pc`,
      pixels
    ]
  }
  if (!ZSCALE_MATRICES.has(matrix.name)) {
    throw new PosterframeError('unsupported_codec', {
      detail: `The colour matrix ${matrix.name} of the video is not supported.`
    })
  }
  if (missing.has('zscale')) throw explainMissing(`The colours are coded by the matrix ${matrix.name}`, 'zscale')
  return [scale, `format=yuv${hasAlpha(upright) ? 'a' : ''}444p12le`, zscaleFilter(upright, matrix.name), pixels]
}

function scaleFilter (upright: FrameInfo, { width, height }: Size): string {
  const isScaled = width !== upright.width || height !== upright.height
  // Lanczos, as in sharp; chroma is enlarged with another kernel to avoid ringing.
  return `scale=w=${width}:h=${height}:flags=${isScaled ? 'lanczos' : 'bicubic'}+full_chroma_int+accurate_rnd`
}

const HALVED_ACROSS = /^(yuva?4(20|22|11|10)|nv(12|16|20|21)|yuyv|uyvy|p[02]1)/

/**
 * Chroma is co-sited with every other luma column, as in MPEG-2 and later codecs. swscale would assume the centred
 * position of JPEG, which stays for its pixel formats (`yuvj`).
 */
function chromaSiteOptions ({ pixelFormat }: FrameInfo): string {
  return HALVED_ACROSS.test(pixelFormat) ? ':in_h_chr_pos=0' : ''
}

/** Converts only matrix and range; transfer and primaries stay. */
function zscaleFilter ({ colorRange, colorTransfer, colorPrimaries }: FrameInfo, matrix: string): string {
  const transfer = ['smpte2084', 'arib-std-b67'].includes(colorTransfer) ? colorTransfer : 'bt709'
  const primaries = ['bt709', 'bt2020', 'smpte170m', 'smpte432'].includes(colorPrimaries)
    ? colorPrimaries
    : matrix === 'bt2020c'
      ? 'bt2020'
      : 'bt709'
  const colour = `p=${primaries}:pin=${primaries}:t=${transfer}:tin=${transfer}`
  return `zscale=min=${matrix}:rin=${colorRange === 'pc' ? 'full' : 'limited'}:${colour}:m=gbr:r=full`
}

function conversionFilters (conversion: Conversion, upright: FrameInfo, missing: ReadonlySet<string>): string[] {
  for (const name of ['haldclut', 'movie']) {
    if (missing.has(name)) throw explainMissing('The video is HDR or of a wide gamut', name)
  }
  // The 3D LUT has time 0 and applies to frames from then on. Packed pixels, because haldclut of ffmpeg 5.1 mixes up
  // the colours of planes.
  return [
    hasAlpha(upright) ? 'format=rgba64le' : 'format=rgb48le',
    `setpts=0[picture];movie=${lutFileName(conversion)}[lut];[picture][lut]haldclut=interp=tetrahedral`
  ]
}

function explainMissing (what: string, filter: string): PosterframeError {
  return new PosterframeError('unsupported_codec', {
    detail: `${what}, and this ffmpeg lacks the filter ${filter}.`
  })
}
