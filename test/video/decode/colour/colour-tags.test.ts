import t from 'tap'
import { chooseConversion, chooseMatrix, hasAlpha, isRgb } from '../../../../src/video/decode/colour/colour-tags.ts'
import type { FrameInfo } from '../../../../src/video/decode/frame-info.ts'
import { makeFrameInfo } from '../../../support/frame-info.ts'

t.test('guesses the matrix only if it is untagged', async (t) => {
  const cases: Array<[string, Partial<FrameInfo>, string | undefined, boolean]> = [
    ['tagged', { colorSpace: 'smpte170m' }, 'smpte170m', false],
    ['untagged HD', { colorSpace: 'unknown' }, 'bt709', true],
    ['untagged SD', { colorSpace: 'unknown', width: 720, height: 576 }, 'bt601', true],
    ['untagged, just HD by its height', { colorSpace: 'unknown', width: 960, height: 720 }, 'bt709', true],
    ['untagged, wide but low', { colorSpace: 'unknown', width: 1280, height: 544 }, 'bt709', true],
    ['untagged SD on its side', { colorSpace: 'unknown', width: 480, height: 640 }, 'bt601', true],
    ['untagged HD on its side', { colorSpace: 'unknown', width: 720, height: 1280 }, 'bt709', true],
    ['reserved', { colorSpace: 'reserved' }, 'bt709', true],
    ['said to be RGB, in planes of luma and chroma', { colorSpace: 'gbr' }, 'bt709', true],
    ['untagged HDR', { colorSpace: 'unknown', colorPrimaries: 'unknown', colorTransfer: 'smpte2084' }, 'bt2020', true],
    ['of BT.2020 primaries', { colorSpace: 'unknown', colorPrimaries: 'bt2020' }, 'bt2020', true],
    ['RGB', { pixelFormat: 'gbrp10le', colorSpace: 'gbr' }, undefined, false]
  ]
  for (const [what, changes, name, isGuessed] of cases) {
    t.same(chooseMatrix(makeFrameInfo(changes)), name === undefined ? undefined : { name, isGuessed }, what)
  }
})

t.test('converts HDR and wide gamuts, and nothing else', async (t) => {
  const cases: Array<[string, Partial<FrameInfo>, ReturnType<typeof chooseConversion>]> = [
    ['BT.709', {}, undefined],
    ['untagged', { colorSpace: 'unknown', colorPrimaries: 'unknown', colorTransfer: 'unknown' }, undefined],
    ['BT.601', { colorPrimaries: 'smpte170m', colorTransfer: 'smpte170m', colorSpace: 'smpte170m' }, undefined],
    ['another gamma', { colorTransfer: 'bt470m' }, undefined],
    [
      'PQ',
      { colorPrimaries: 'bt2020', colorTransfer: 'smpte2084', colorSpace: 'bt2020nc' },
      { transfer: 'pq', primaries: 'bt2020' }
    ],
    [
      'HLG',
      { colorPrimaries: 'bt2020', colorTransfer: 'arib-std-b67', colorSpace: 'bt2020nc' },
      { transfer: 'hlg', primaries: 'bt2020' }
    ],
    [
      'HLG without primaries',
      { colorPrimaries: 'unknown', colorTransfer: 'arib-std-b67', colorSpace: 'unknown' },
      { transfer: 'hlg', primaries: 'bt2020' }
    ],
    ['PQ in P3', { colorPrimaries: 'smpte432', colorTransfer: 'smpte2084' }, { transfer: 'pq', primaries: 'p3' }],
    ['PQ in BT.709', { colorPrimaries: 'bt709', colorTransfer: 'smpte2084' }, { transfer: 'pq', primaries: 'bt709' }],
    [
      'wide SDR',
      { colorPrimaries: 'bt2020', colorTransfer: 'bt2020-10', colorSpace: 'bt2020nc' },
      { transfer: 'sdr', primaries: 'bt2020' }
    ],
    [
      'wide by its matrix',
      { colorPrimaries: 'unknown', colorTransfer: 'unknown', colorSpace: 'bt2020nc' },
      { transfer: 'sdr', primaries: 'bt2020' }
    ],
    ['P3', { colorPrimaries: 'smpte432' }, { transfer: 'sdr', primaries: 'p3' }]
  ]
  for (const [what, changes, conversion] of cases) t.same(chooseConversion(makeFrameInfo(changes)), conversion, what)
})

t.test('detects alpha and RGB by the pixel format', async (t) => {
  for (const pixelFormat of ['yuva420p', 'rgba', 'bgra', 'gbrap12le', 'ya8', 'argb']) {
    t.ok(hasAlpha(makeFrameInfo({ pixelFormat })), pixelFormat)
  }
  for (const pixelFormat of ['yuv420p', 'rgb24', 'gbrp', 'gray', 'yuvj420p']) {
    t.notOk(hasAlpha(makeFrameInfo({ pixelFormat })), pixelFormat)
  }
  for (const pixelFormat of ['gbrp', 'rgb24', 'bgr0', 'rgba64le', 'pal8', 'argb']) {
    t.ok(isRgb(makeFrameInfo({ pixelFormat })), pixelFormat)
  }
  for (const pixelFormat of ['yuv420p', 'gray', 'ya8', 'nv12', 'yuva444p12le']) {
    t.notOk(isRgb(makeFrameInfo({ pixelFormat })), pixelFormat)
  }
})
