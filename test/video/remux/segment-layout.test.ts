import t from 'tap'
import { layOutSegment } from '../../../src/video/remux/segment-layout.ts'
import { iterateBoxes } from '../../../src/video/demux/mp4/box.ts'
import type { CodedPacket, PacketRange, TrackInfo } from '../../../src/video/media/track.ts'

const FACTS: TrackInfo = {
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
const runOf = (...packets: CodedPacket[]): PacketRange => ({
  packets,
  targetPts: packets.at(-1)?.pts ?? 0,
  isKey: false
})

t.test('numbers the frames in the order of presentation, whatever the clock is', async (t) => {
  const { segmentTimes, targetPts } = layOutSegment(
    FACTS,
    runOf(packet(7e12, true), packet(9e15), packet(-5), packet(8e12))
  )
  t.same(
    [...segmentTimes].sort(),
    [
      [-5, 4],
      [7e12, 5],
      [8e12, 6],
      [9e15, 7]
    ].sort()
  )
  t.equal(targetPts, 6)
})

t.test('gives equal times to equal times', async (t) => {
  const { segmentTimes } = layOutSegment(FACTS, runOf(packet(0, true), packet(40), packet(40)))
  t.same(
    [...segmentTimes],
    [
      [0, 3],
      [40, 4]
    ]
  )
})

t.test('is a file whose boxes fill it, with the packets uncopied', async (t) => {
  const run = runOf(packet(0, true), packet(1))
  const { parts, size } = layOutSegment(FACTS, run)
  const file = Buffer.concat(parts)
  t.equal(file.length, size)
  t.equal(parts[1], run.packets[0]?.data)
  const boxes = [...iterateBoxes({ offset: 0, data: file }, 0, size)]
  t.same(
    boxes.map(({ type }) => type),
    ['ftyp', 'moov', 'mdat']
  )
  const chunkOffset = file.readUInt32BE(file.indexOf('stco') + 12)
  t.equal(chunkOffset, boxes.at(2)?.bodyStart)
})

t.test('has doubts about runs that are none', async (t) => {
  const cases: Array<[string, PacketRange]> = [
    ['no packets', runOf()],
    ['no key frame', runOf(packet(0))],
    ['no end', { ...runOf(packet(0, true), packet(1)), targetPts: 0 }],
    ['no target', { ...runOf(packet(0, true), packet(1, true)), targetPts: 5 }],
    ['an empty packet', runOf({ ...packet(0, true), data: Buffer.alloc(0) })],
    ['no time', runOf(packet(0, true), packet(NaN))],
    ['too many packets', runOf(...Array.from({ length: 100_001 }, (_, pts) => packet(pts, true)))]
  ]
  for (const [name, run] of cases) t.throws(() => layOutSegment(FACTS, run), { name: 'RangedExtractionError' }, name)
  const large = { length: 2 ** 31 } as Buffer
  t.throws(() => layOutSegment(FACTS, runOf(packet(0, true), { ...packet(1), data: large })), { message: /too large/ })
})

t.test('has doubts about facts that do not fit', async (t) => {
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
      () => layOutSegment({ ...FACTS, ...info }, runOf(packet(0, true))),
      { name: 'RangedExtractionError' },
      JSON.stringify(info)
    )
  }
})
