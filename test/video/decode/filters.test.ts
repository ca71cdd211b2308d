import t from 'tap'
import { buildFrameFilters } from '../../../src/video/decode/filters.ts'
import type { FrameInfo } from '../../../src/video/decode/frame-info.ts'
import { makeFrameInfo } from '../../support/frame-info.ts'

const AS_SHOWN = { width: undefined, height: undefined, fit: 'inside' } as const
const SCALE = 'scale=w=1920:h=1080:flags=bicubic+full_chroma_int+accurate_rnd'
const HALF = 'scale=w=960:h=540:flags=lanczos+full_chroma_int+accurate_rnd'
/** Chroma position, for horizontally subsampled formats. */
const LEFT = ':in_h_chr_pos=0'
const PIXELS = 'format=gbrp,format=rgb24'
const HD = ':in_color_matrix=bt709:in_range=tv:out_range=pc'
const HDR = { pixelFormat: 'yuv420p10le', colorSpace: 'bt2020nc', colorPrimaries: 'bt2020', colorTransfer: 'smpte2084' }
const lut = (name: string) => `setpts=0[picture];movie=${name}.ppm[lut];[picture][lut]haldclut=interp=tetrahedral`
const plan = (
  changes: Partial<FrameInfo>,
  request: Parameters<typeof buildFrameFilters>[1] = AS_SHOWN,
  ...missing: string[]
) => buildFrameFilters(makeFrameInfo(changes), request, new Set(missing))

t.test('states matrix and range explicitly', async (t) => {
  const cases: Array<[string, Partial<FrameInfo>, string]> = [
    ['tagged', {}, `${SCALE}${LEFT}${HD},${PIXELS}`],
    [
      'untagged, as what it is taken for',
      { colorSpace: 'unknown', colorRange: 'unknown' },
      `${SCALE}${LEFT}${HD},${PIXELS}`
    ],
    ['of full range', { colorRange: 'pc' }, `${SCALE}${LEFT}:in_color_matrix=bt709:in_range=pc:out_range=pc,${PIXELS}`],
    ...['bt470bg', 'smpte170m'].map((colorSpace): [string, Partial<FrameInfo>, string] => [
      colorSpace,
      { colorSpace },
      `${SCALE}${LEFT}:in_color_matrix=bt601:in_range=tv:out_range=pc,${PIXELS}`
    ]),
    ...['fcc', 'smpte240m'].map((colorSpace): [string, Partial<FrameInfo>, string] => [
      colorSpace,
      { colorSpace },
      `${SCALE}${LEFT}:in_color_matrix=${colorSpace}:in_range=tv:out_range=pc,${PIXELS}`
    ]),
    ['RGB', { pixelFormat: 'gbrp', colorSpace: 'gbr', colorRange: 'pc' }, `${SCALE},${PIXELS}`],
    [
      'RGB without a range',
      { pixelFormat: 'bgr0', colorSpace: 'unknown', colorRange: 'unknown' },
      `${SCALE},${PIXELS}`
    ],
    ['alpha', { pixelFormat: 'yuva444p12le' }, `${SCALE}${HD},format=gbrap,format=rgba`],
    [
      'a matrix that swscale does not know',
      { colorSpace: 'ycgco' },
      `${SCALE}${LEFT},format=yuv444p12le,zscale=min=ycgco:rin=limited:p=bt709:pin=bt709:t=bt709:tin=bt709:m=gbr:r=full,${PIXELS}`
    ]
  ]
  for (const [what, changes, filters] of cases) t.same(plan(changes), { filters, conversion: undefined }, what)
})

t.test('scales to the requested size in square pixels', async (t) => {
  t.match(plan({}, { ...AS_SHOWN, width: 640 }).filters, /^scale=w=640:h=360:flags=lanczos\+/)
  t.match(plan({ width: 720, height: 576, pixelAspect: 64 / 45 }).filters, /^scale=w=1024:h=576:flags=lanczos\+/)
  t.match(plan({ width: 576, height: 720, pixelAspect: 45 / 64, rotation: 90 }).filters, /^scale=w=576:h=1024:/)
})

t.test('converts HDR after scaling', async (t) => {
  t.same(plan(HDR, { ...AS_SHOWN, width: 960 }), {
    filters: `${HALF}${LEFT}:in_color_matrix=bt2020:in_range=tv:out_range=pc,format=gbrp12le,format=rgb48le,${lut('pq-bt2020')},format=rgb24`,
    conversion: { transfer: 'pq', primaries: 'bt2020' }
  })
  t.match(
    plan({ ...HDR, pixelFormat: 'yuva444p12le' }).filters,
    `${SCALE}:in_color_matrix=bt2020:in_range=tv:out_range=pc,format=gbrap12le,format=rgba64le,${lut('pq-bt2020')},format=rgba`
  )
})

t.test('keeps hidden colours out of visible pixels', async (t) => {
  t.equal(
    plan({ pixelFormat: 'yuva444p12le' }, { ...AS_SHOWN, width: 960 }).filters,
    `${SCALE}${HD},format=gbrap,premultiply=inplace=1,${HALF},unpremultiply=inplace=1,format=rgba`
  )
})

t.test('deinterlaces before all other filters', async (t) => {
  t.equal(plan({ interlacing: 'top-first' }).filters, `estdif=mode=frame:parity=tff,${SCALE}${LEFT}${HD},${PIXELS}`)
})

t.test('rejects video that needs a missing filter or has an unknown matrix', async (t) => {
  for (const name of ['haldclut', 'movie']) {
    t.throws(() => plan(HDR, AS_SHOWN, name), { code: 'unsupported_codec', detail: new RegExp(name) })
  }
  t.throws(() => plan({ colorSpace: 'ycgco' }, AS_SHOWN, 'zscale'), {
    code: 'unsupported_codec',
    detail: /ycgco.*zscale/
  })
  t.throws(() => plan({ colorSpace: 'ipt-c2' }), { code: 'unsupported_codec', detail: /ipt-c2/ })
  t.doesNotThrow(() => plan({}, AS_SHOWN, 'haldclut', 'movie', 'zscale', 'estdif'))
})
