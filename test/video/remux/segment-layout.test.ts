import t from 'tap'
import { layOutSegment } from '../../../src/video/remux/segment-layout.ts'
import { iterateBoxes } from '../../../src/video/demux/mp4/box.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../../../src/video/media/track.ts'

const INFO: TrackInfo = {
  container: 'matroska',
  codec: 'vp9',
  sampleEntry: 'vp09',
  codecConfig: Buffer.alloc(0),
  width: 320,
  height: 240,
  timescale: 1_000_000_000,
  matrix: [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000],
  pixelAspect: undefined,
  colour: undefined,
  durationMicros: null
}

const packet = (pts: number, isKey = false): CodedPacket => ({ pts, isKey, data: Buffer.from('packet') })
const rangeOf = (...packets: CodedPacket[]): PacketRange => ({
  packets,
  targetPts: packets.at(-1)?.pts ?? 0,
  isKey: false
})

t.test('numbers the frames in presentation order, whatever the clock', async (t) => {
  const { segmentTimes, targetPts } = layOutSegment(
    INFO,
    rangeOf(packet(7e12, true), packet(9e15), packet(-5), packet(8e12))
  )
  t.same(
    [...segmentTimes].sort(),
    [
      [-5, 1],
      [7e12, 2],
      [8e12, 3],
      [9e15, 4]
    ].sort()
  )
  t.equal(targetPts, 3)
})

t.test('maps equal times to equal times', async (t) => {
  const { segmentTimes } = layOutSegment(INFO, rangeOf(packet(0, true), packet(40), packet(40)))
  t.same(
    [...segmentTimes],
    [
      [0, 1],
      [40, 2]
    ]
  )
})

t.test('lays out a file of complete boxes, without copying packets', async (t) => {
  const range = rangeOf(packet(0, true), packet(1))
  const { parts, size } = layOutSegment(INFO, range)
  const file = Buffer.concat(parts)
  t.equal(file.length, size)
  t.equal(parts[1], range.packets[0]?.data)
  const boxes = [...iterateBoxes({ offset: 0, data: file }, 0, size)]
  t.same(
    boxes.map(({ type }) => type),
    ['ftyp', 'moov', 'mdat']
  )
  const chunkOffset = file.readUInt32BE(file.indexOf('stco') + 12)
  t.equal(chunkOffset, boxes.at(2)?.bodyStart)
})

t.test('rejects malformed packet ranges', async (t) => {
  const cases: Array<[string, PacketRange]> = [
    ['no packets', rangeOf()],
    ['no key frame', rangeOf(packet(0))],
    ['a target that is not the last packet', { ...rangeOf(packet(0, true), packet(1)), targetPts: 0 }],
    ['no target', { ...rangeOf(packet(0, true), packet(1, true)), targetPts: 5 }],
    ['an empty packet', rangeOf({ ...packet(0, true), data: Buffer.alloc(0) })],
    ['no time', rangeOf(packet(0, true), packet(NaN))],
    ['too many packets', rangeOf(...Array.from({ length: 100_001 }, (_, pts) => packet(pts, true)))]
  ]
  for (const [name, range] of cases) t.throws(() => layOutSegment(INFO, range), { name: 'RangedExtractionError' }, name)
  const large = { length: 2 ** 31 } as Buffer
  t.throws(() => layOutSegment(INFO, rangeOf(packet(0, true), { ...packet(1), data: large })), { message: /too large/ })
})

t.test('rejects info that does not fit an MP4', async (t) => {
  const cases: Array<Partial<TrackInfo>> = [
    { sampleEntry: 'encv' },
    { sampleEntry: 'avc1' },
    { codec: 'h264', sampleEntry: 'avc1' },
    { codec: 'hevc', sampleEntry: 'hvc1', codecConfig: Buffer.alloc(10) },
    { width: 0 },
    { height: 65536 },
    { width: 1.5 },
    { matrix: [1] },
    { matrix: [2 ** 31, 0, 0, 0, 1, 0, 0, 0, 1] },
    { matrix: [0.5, 0, 0, 0, 1, 0, 0, 0, 1] },
    { pixelAspect: { across: -1, down: 1 } },
    { pixelAspect: { across: 1, down: 2 ** 32 } },
    { colour: { primaries: 65536, transfer: 1, matrix: 1, isFullRange: false } }
  ]
  for (const info of cases) {
    t.throws(
      () => layOutSegment({ ...INFO, ...info }, rangeOf(packet(0, true))),
      { name: 'RangedExtractionError' },
      JSON.stringify(info)
    )
  }
})
