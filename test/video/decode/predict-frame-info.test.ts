import t from 'tap'
import { predictFrameInfo, readRotation } from '../../../src/video/decode/predict-frame-info.ts'
import type { TrackInfo } from '../../../src/video/media/track.ts'

const track = (changes: Partial<TrackInfo>): TrackInfo => ({
  container: 'mp4',
  codec: 'h264',
  sampleEntry: 'avc1',
  codecConfig: Buffer.alloc(0),
  width: 720,
  height: 576,
  timescale: 1000,
  matrix: [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000],
  pixelAspect: undefined,
  colour: undefined,
  durationMicros: 0,
  ...changes
})

t.test('predicts colours from the container', async (t) => {
  t.match(predictFrameInfo(track({})), {
    width: 720,
    height: 576,
    pixelAspect: 1,
    colorSpace: 'unknown',
    colorRange: 'unknown'
  })
  t.match(predictFrameInfo(track({ colour: { primaries: 1, transfer: 1, matrix: 1, isFullRange: false } })), {
    colorSpace: 'bt709',
    colorRange: 'tv'
  })
  t.match(predictFrameInfo(track({ colour: { primaries: 9, transfer: 16, matrix: 9, isFullRange: true } })), {
    colorSpace: 'bt2020nc',
    colorRange: 'pc',
    colorPrimaries: 'bt2020',
    colorTransfer: 'smpte2084'
  })
  t.match(predictFrameInfo(track({ colour: { primaries: 2, transfer: 2, matrix: 2, isFullRange: false } })), {
    colorSpace: 'unknown',
    colorRange: 'tv'
  })
  t.equal(predictFrameInfo(track({ pixelAspect: { across: 64, down: 45 } })).pixelAspect, 64 / 45)
})

t.test('predicts the upright frame', async (t) => {
  const turned = predictFrameInfo(
    track({ matrix: [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000], pixelAspect: { across: 64, down: 45 } })
  )
  t.match(turned, { width: 576, height: 720, rotation: 90, pixelAspect: 45 / 64 })
})

const ONE = 65536

t.test('reads the rotation of a display matrix', async (t) => {
  const cases: Array<[string, number[], number]> = [
    ['upright', [ONE, 0, 0, 0, ONE, 0, 0, 0, 2 ** 30], 0],
    ['a quarter clockwise', [0, ONE, 0, -ONE, 0, 0, 0, 0, 2 ** 30], 90],
    ['half', [-ONE, 0, 0, 0, -ONE, 0, 0, 0, 2 ** 30], 180],
    ['a quarter anticlockwise', [0, -ONE, 0, ONE, 0, 0, 0, 0, 2 ** 30], 270],
    ['a quarter and mirrored', [0, ONE, 0, ONE, 0, 0, 0, 0, 2 ** 30], 90],
    ['eight degrees', [64898, 9121, 0, -9121, 64898, 0, 0, 0, 2 ** 30], 0],
    ['scaled', [0, 2 * ONE, 0, -2 * ONE, 0, 0, 0, 0, 2 ** 30], 90],
    ['nothing', [0, 0, 0, 0, 0, 0, 0, 0, 0], 0]
  ]
  for (const [what, matrix, rotation] of cases) t.equal(readRotation(matrix), rotation, what)
})
