import t, { type Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { createExtractRanged } from '../../../src/video/extract/extract-ranged.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { openIndex } from '../../../src/video/demux/open-index.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { type PatchVideo, PATCHES, compareColours, makePatchVideo, readPatches } from '../../support/colour-patches.ts'
import { ORIGINAL_SIZE, makeFrameSource, makeExtractContext } from '../../support/frame-source.ts'

t.setTimeout(240_000)
const settings = { decoder: await makeTestDecoder(), countThreads: () => 1, maxPixels: 36e6 }
const extractFull = createExtractFull(settings)
const extractRanged = createExtractRanged({
  ...settings,
  indexes: createIndexCache({ maxBytes: 1e6 }),
  openIndex
})
const videos = t.testdir()

const extract = async (t: Test, path: string, mode: typeof extractRanged) =>
  await mode(
    makeFrameSource(path),
    { timestamp: parseTimestamp('first'), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error' },
    makeExtractContext(t.testdir())
  )

const X264 = ['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast']
const tag = (colorspace: string, range = 'tv', primaries = 'bt709') => [
  '-colorspace',
  colorspace,
  '-color_range',
  range,
  '-color_primaries',
  primaries,
  '-color_trc',
  'bt709'
]
const BT601 = [0.299, 0.114] as const
const BT709 = [0.2126, 0.0722] as const
const BT2020 = [0.2627, 0.0593] as const
const yuv420p = { pixelFormat: 'yuv420p' } as const
const full = { ...yuv420p, isFullRange: true } as const
const HD = { width: 1280, height: 720 } as const

const CLIPS: Record<string, PatchVideo> = {
  'bt709.mp4': { ...yuv420p, matrix: BT709, args: [...X264, ...tag('bt709')] },
  'bt709-full.mp4': { ...full, matrix: BT709, args: [...X264, ...tag('bt709', 'pc')] },
  'smpte170m.mp4': { ...yuv420p, matrix: BT601, args: [...X264, ...tag('smpte170m', 'tv', 'smpte170m')] },
  'bt470bg.mp4': { ...yuv420p, matrix: BT601, args: [...X264, ...tag('bt470bg', 'tv', 'bt470bg')] },
  'bt470bg-full.mp4': { ...full, matrix: BT601, args: [...X264, ...tag('bt470bg', 'pc', 'bt470bg')] },
  'bt601-hd.mp4': { ...yuv420p, ...HD, matrix: BT601, args: [...X264, ...tag('smpte170m')] },
  'smpte240m.mp4': { ...yuv420p, matrix: [0.212, 0.087], args: [...X264, ...tag('smpte240m')] },
  'fcc.mp4': { ...yuv420p, matrix: [0.3, 0.11], args: [...X264, ...tag('fcc')] },
  'bt2020.mp4': { ...yuv420p, matrix: BT2020, args: [...X264, ...tag('bt2020nc')] },
  'bt2020-full.mp4': { ...full, matrix: BT2020, args: [...X264, ...tag('bt2020nc', 'pc')] },
  'untagged-sd.mp4': { ...yuv420p, matrix: BT601, args: X264 },
  'untagged-hd.mp4': { ...yuv420p, ...HD, matrix: BT709, args: X264 },
  '422.mp4': { pixelFormat: 'yuv422p', chroma: [2, 1], matrix: BT709, args: [...X264, ...tag('bt709')] },
  '444.mp4': { pixelFormat: 'yuv444p', chroma: [1, 1], matrix: BT709, args: [...X264, ...tag('bt709')] },
  '420-10.mp4': { pixelFormat: 'yuv420p10le', bits: 10, matrix: BT709, args: [...X264, ...tag('bt709')] },
  '444-10-full.mp4': {
    pixelFormat: 'yuv444p10le',
    bits: 10,
    chroma: [1, 1],
    isFullRange: true,
    matrix: BT709,
    args: [...X264, ...tag('bt709', 'pc')]
  },
  '422-10.mkv': {
    pixelFormat: 'yuv422p10le',
    bits: 10,
    chroma: [2, 1],
    matrix: BT601,
    args: [...X264, ...tag('smpte170m')]
  },
  '420-12.mp4': {
    pixelFormat: 'yuv420p12le',
    bits: 12,
    matrix: BT709,
    args: ['-c:v', 'libx265', '-tag:v', 'hvc1', '-x265-params', 'lossless=1:log-level=none', ...tag('bt709')]
  },
  'ycgco.mp4': { ...yuv420p, matrix: 'ycgco', args: [...X264, ...tag('ycgco')] },
  'rgb.mp4': { pixelFormat: 'gbrp', matrix: 'rgb', args: ['-c:v', 'libx264rgb', '-qp', '0', '-pix_fmt', 'rgb24'] },
  'rgb-limited.mp4': {
    pixelFormat: 'gbrp',
    matrix: 'rgb',
    args: [
      '-vf',
      'lutrgb=r=val*219/255+16.5:g=val*219/255+16.5:b=val*219/255+16.5,setparams=range=tv',
      '-c:v',
      'libx264rgb',
      '-qp',
      '0',
      '-pix_fmt',
      'rgb24',
      '-color_range',
      'tv'
    ]
  }
}

const OTHERS: Record<string, PatchVideo> = {
  'mjpeg.avi': { pixelFormat: 'yuvj420p', isFullRange: true, matrix: BT601, args: ['-c:v', 'mjpeg', '-q:v', '2'] },
  'ffv1-12.mkv': {
    pixelFormat: 'yuv444p12le',
    bits: 12,
    chroma: [1, 1],
    matrix: BT709,
    args: ['-c:v', 'ffv1', ...tag('bt709')]
  },
  'ffv1-rgb.mkv': { pixelFormat: 'gbrp', matrix: 'rgb', args: ['-c:v', 'ffv1', '-pix_fmt', 'bgr0'] },
  'prores.mov': {
    pixelFormat: 'yuv422p10le',
    bits: 10,
    chroma: [2, 1],
    matrix: BT709,
    args: [
      '-vf',
      'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709',
      '-c:v',
      'prores_ks',
      '-q:v',
      '1',
      ...tag('bt709')
    ]
  },
  'palette.mov': {
    pixelFormat: 'gbrp',
    matrix: 'rgb',
    args: ['-filter_complex', 'split[a][b];[a]palettegen[p];[b][p]paletteuse', '-c:v', 'png', '-pix_fmt', 'pal8']
  }
}

async function checkColours (t: Test, name: string, video: PatchVideo, tolerance = 2): Promise<void> {
  const path = await makePatchVideo(videos, name, video)
  const full = await extract(t, path, extractFull)
  const expected = PATCHES.map((colour) => colour.map((channel) => channel * 255))
  const seen = readPatches(full.picture)
  const off = compareColours(seen, expected)
  t.ok(off <= tolerance, `${off.toFixed(2)} off: ${JSON.stringify(seen)}`)
  if (!Object.hasOwn(CLIPS, name)) return
  t.ok((await extract(t, path, extractRanged)).picture.data.equals(full.picture.data), 'the same in both modes')
}

for (const [name, video] of Object.entries({ ...CLIPS, ...OTHERS })) {
  t.test(`shows the colours of the standard: ${name}`, async (t) => {
    await checkColours(t, name, video)
  })
}

t.test('shows grey as grey', async (t) => {
  for (const [name, isFullRange, format] of [
    ['grey.mp4', false, 'gray'],
    ['grey-full.mp4', true, 'gray'],
    ['grey-10.mp4', false, 'gray10le']
  ] as const) {
    const path = await makePatchVideo(videos, name, {
      pixelFormat: format,
      bits: format === 'gray' ? 8 : 10,
      chroma: 'none',
      isFullRange,
      matrix: BT709,
      args: [...X264, ...tag('bt709', isFullRange ? 'pc' : 'tv')]
    })
    const [full, ranged] = [await extract(t, path, extractFull), await extract(t, path, extractRanged)]
    const expected = PATCHES.map(([red, green, blue]) =>
      Array<number>(3).fill(255 * (0.2126 * red + 0.7152 * green + 0.0722 * blue))
    )
    const seen = readPatches(full.picture)
    t.ok(compareColours(seen, expected) <= 2, `${name}: ${JSON.stringify(seen)}`)
    t.ok(ranged.picture.data.equals(full.picture.data))
  }
})

t.test('converts wide gamuts to sRGB, tagged or inferred from the matrix', async (t) => {
  const grey = [153, 153, 153]
  // The colours of the patches in BT.2020 and in P3 as BT.1886 light, by the matrices of BT.2407 and EG 432-1, as
  // BT.709 codes.
  const cases: Array<[string, PatchVideo, number[][]]> = [
    [
      'bt2020-sdr.mp4',
      { ...yuv420p, matrix: BT2020, args: [...X264, ...tag('bt2020nc', 'tv', 'bt2020')] },
      convertAll([
        [1.6605, -0.5876, -0.0728],
        [-0.1246, 1.1329, -0.0083],
        [-0.0182, -0.1006, 1.1187]
      ])
    ],
    [
      'bt2020-by-matrix.mp4',
      { ...yuv420p, matrix: BT2020, args: [...X264, '-colorspace', 'bt2020nc', '-color_range', 'tv'] },
      convertAll([
        [1.6605, -0.5876, -0.0728],
        [-0.1246, 1.1329, -0.0083],
        [-0.0182, -0.1006, 1.1187]
      ])
    ],
    [
      'p3.mp4',
      { ...yuv420p, matrix: BT709, args: [...X264, ...tag('bt709', 'tv', 'smpte432')] },
      convertAll([
        [1.2249, -0.2249, 0],
        [-0.0421, 1.0421, 0],
        [-0.0196, -0.0786, 1.0983]
      ])
    ]
  ]
  for (const [name, video, expected] of cases) {
    const path = await makePatchVideo(videos, name, video)
    const [full, ranged] = [await extract(t, path, extractFull), await extract(t, path, extractRanged)]
    const seen = readPatches(full.picture)
    // Dark channels of saturated colours are steep: what BT.709 cannot show is clipped there.
    t.ok(compareColours(seen, expected) <= 5, `${name}: ${JSON.stringify(seen)} for ${JSON.stringify(expected)}`)
    t.ok(compareColours([seen[5]!], [grey]) <= 2, 'grey stays grey')
    t.ok(ranged.picture.data.equals(full.picture.data))
  }
})

function convertAll (matrix: readonly number[][]): number[][] {
  return PATCHES.map((colour) =>
    matrix.map((row) => {
      const light = row.reduce((sum, weight, channel) => sum + weight * colour[channel]! ** 2.4, 0)
      return 255 * Math.min(Math.max(light, 0), 1) ** (1 / 2.4)
    })
  )
}
