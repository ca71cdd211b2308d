import t from 'tap'
import { foretellFacts } from '../../src/video/foretell-facts.ts'
import type { TrackFacts } from '../../src/video/video-index.ts'

const track = (changes: Partial<TrackFacts>): TrackFacts => ({
  container: 'mp4', codec: 'h264', sampleEntry: 'avc1', codecConfig: Buffer.alloc(0), width: 720, height: 576, timescale: 1000, matrix: [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000], pixelAspect: undefined, colour: undefined, durationMicros: 0, ...changes
})

t.test('foretells colour by what the container says', async (t) => {
  t.match(foretellFacts(track({})), { width: 720, height: 576, pixelAspect: 1, colorSpace: 'unknown', colorRange: 'unknown' })
  t.match(foretellFacts(track({ colour: { primaries: 1, transfer: 1, matrix: 1, isFullRange: false } })), { colorSpace: 'bt709', colorRange: 'tv' })
  t.match(foretellFacts(track({ colour: { primaries: 9, transfer: 16, matrix: 9, isFullRange: true } })), { colorSpace: 'bt2020nc', colorRange: 'pc', colorPrimaries: 'bt2020', colorTransfer: 'smpte2084' })
  t.match(foretellFacts(track({ colour: { primaries: 2, transfer: 2, matrix: 2, isFullRange: false } })), { colorSpace: 'unknown', colorRange: 'tv' })
  t.equal(foretellFacts(track({ pixelAspect: { across: 64, down: 45 } })).pixelAspect, 64 / 45)
})

t.test('foretells the frame as it stands', async (t) => {
  const turned = foretellFacts(track({ matrix: [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000], pixelAspect: { across: 64, down: 45 } }))
  t.match(turned, { width: 576, height: 720, rotation: 90, pixelAspect: 45 / 64 })
})
