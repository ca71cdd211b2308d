import t from 'tap'
import { predictFrameInfo } from '../../../src/video/decode/predict-frame-info.ts'
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
