import { deflateSync } from 'node:zlib'
import t from 'tap'
import { openMatroskaIndex } from '../../../../src/video/demux/matroska/open-matroska-index.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'
import type { VideoIndex } from '../../../../src/video/demux/video-index.ts'
import { createCountingReader } from '../../../support/counting-reader.ts'
import {
  blockGroup,
  cluster,
  element,
  float,
  info,
  matroska,
  number,
  seekHead,
  simpleBlock,
  soundTrack,
  text,
  tracks,
  videoTrack,
  vp8Packet
} from '../../../support/ebml-builder.ts'

const COMPRESSION = { zlib: 0, lzo: 2, strip: 3 }

t.test('takes a group without a reference for a key frame', async (t) => {
  const file = build(
    tracks(videoTrack()),
    cluster(0, blockGroup({ ticks: 0, isKey: true }), blockGroup({ ticks: 40 }), blockGroup({ ticks: 80, isKey: true }))
  )
  t.same(await listTimes(file, 79, 'exact'), [0, 40])
  t.same(await listTimes(file, 79, 'keyframe'), [0])
  t.same(await listTimes(file, 90, 'keyframe'), [80])
})

t.test('adds negative times of blocks to the time of their cluster', async (t) => {
  const blocks = [simpleBlock({ ticks: -20, isKey: true }), simpleBlock({ ticks: 20 })]
  const file = build(tracks(videoTrack()), cluster(20, ...blocks), cluster(100, ...blocks))
  t.same(await listTimes(file, 90, 'exact'), [80])
  t.same(await listTimes(file, 79, 'exact'), [0, 40])
  t.equal((await open(file)).info.durationMicros, 160_000)
})

t.test('restores stripped and compressed frames', async (t) => {
  const packets = [vp8Packet(true, 1, 40), vp8Packet(true, 2, 40)]
  const prefix = packets[0]!.subarray(0, 10)
  const encodings = [
    { algorithm: COMPRESSION.strip, settings: [element(0x4255, prefix)], encode: (data: Buffer) => data.subarray(10) },
    { algorithm: COMPRESSION.zlib, settings: [], encode: (data: Buffer) => deflateSync(data) }
  ]
  for (const { algorithm, settings, encode } of encodings) {
    const [first, second] = packets.map(encode)
    const file = build(
      tracks(videoTrack({ track: [encoding(algorithm, ...settings)] })),
      cluster(
        0,
        simpleBlock({ ticks: 0, isKey: true, data: first! }),
        simpleBlock({ ticks: 40, isKey: true, data: second! })
      )
    )
    const range = await (await open(file)).readPacketRange(createCountingReader(file), 45_000, 'exact')
    t.same(range.packets.map(({ data }) => data), [packets[1]])
  }
})

t.test('inflates no frame beyond its limit, and no damaged one', async (t) => {
  for (const data of [deflateSync(Buffer.alloc(65 * 1024 * 1024)), Buffer.from('not zlib')]) {
    const file = build(
      tracks(videoTrack({ track: [encoding(COMPRESSION.zlib)] })),
      cluster(0, simpleBlock({ ticks: 0, isKey: true, data }))
    )
    await t.rejects(
      listTimes(file, 0, 'exact'),
      new RangedExtractionError('a compressed part of the file cannot be inflated')
    )
  }
})

t.test('reads a decoder configuration that is compressed with its track', async (t) => {
  const config = Buffer.from('01640034ffe000', 'hex')
  const scope = number(0x5032, 3)
  const file = (encoded: Buffer) => {
    const track = [element(0x63a2, encoded), encoding(COMPRESSION.zlib, scope)]
    return build(tracks(videoTrack({ codec: 'V_MPEG4/ISO/AVC', track })), cluster(0))
  }
  t.same((await open(file(deflateSync(config)))).info.codecConfig, config)
  await t.rejects(open(file(deflateSync(Buffer.alloc(2 ** 21)))), RangedExtractionError)
})

t.test('reads laces of one frame, and leaves others to the full download', async (t) => {
  const lace = (count: number) => {
    const data = Buffer.concat([Buffer.from([count - 1]), vp8Packet(true)])
    return build(tracks(videoTrack()), cluster(0, simpleBlock({ ticks: 0, isKey: true, lacing: 4, data })))
  }
  t.same(await listTimes(lace(1), 0, 'exact'), [0])
  await t.rejects(listTimes(lace(2), 0, 'exact'), new RangedExtractionError('a frame has no time of its own'))
})

t.test('counts the frames of a lace of sound into the duration', async (t) => {
  const opus = element(
    0xae,
    number(0xd7, 2),
    number(0x83, 2),
    text(0x86, 'A_OPUS'),
    number(0x56aa, 6_500_000)
  )
  const data = Buffer.from('01 f8f8'.replaceAll(' ', ''), 'hex')
  const file = build(
    tracks(videoTrack(), opus),
    cluster(0, simpleBlock({ ticks: 7, isKey: true }), simpleBlock({ track: 2, ticks: 7, lacing: 4, data })),
    cluster(40, simpleBlock({ ticks: 0, isKey: true }), simpleBlock({ track: 2, ticks: 7, lacing: 4, data }))
  )
  // Sound begins at 0, 7 ms before its first packet, and ends 40 ms after the last block, less those 7 ms.
  t.equal((await open(file)).info.durationMicros, 80_000)
})

t.test('does without an alpha channel that is announced only', async (t) => {
  const alpha = videoTrack({ video: [number(0x53c0, 1)] })
  t.same(await listTimes(build(tracks(alpha), cluster(0, simpleBlock({ ticks: 0, isKey: true }))), 0, 'exact'), [0])
  const additions = element(0x75a1, element(0xa6, element(0xa5, Buffer.alloc(8))))
  await t.rejects(
    listTimes(build(tracks(alpha), cluster(0, blockGroup({ ticks: 0, isKey: true }, additions))), 0, 'exact'),
    new RangedExtractionError('an alpha channel, or other data, comes with the picture')
  )
})

t.test('leaves what it cannot time or decode to the full download', async (t) => {
  const plain = [tracks(videoTrack()), cluster(0)]
  const doubts: Record<string, Buffer> = {
    'a track has its own clock': build(tracks(videoTrack({ track: [float(0x23314f, 2)] })), cluster(0)),
    'the blocks are compressed in an unusual way': build(
      tracks(videoTrack({ track: [encoding(COMPRESSION.lzo)] })),
      cluster(0)
    ),
    'the chapters are ordered': build(element(0x1043a770, element(0x45b9, number(0x45dd, 1))), ...plain),
    'the segment is linked to others': matroska(info(element(0x3eb923, Buffer.alloc(16))), ...plain),
    'a block is encrypted as a whole': build(tracks(videoTrack()), cluster(0, element(0xaf, Buffer.alloc(8)))),
    'the codec is configured anew': build(
      tracks(videoTrack()),
      cluster(0, blockGroup({ ticks: 0, isKey: true }, element(0xa4, Buffer.alloc(4))))
    ),
    'a cluster does not begin with its time': build(
      tracks(videoTrack()),
      element(0x1f43b675, simpleBlock({ ticks: 0, isKey: true }), number(0xe7, 0))
    ),
    'a cluster has unknown elements': build(tracks(videoTrack()), cluster(0, element(0x99, Buffer.alloc(3)))),
    'the file has no tracks': build(cluster(0))
  }
  for (const [reason, bytes] of Object.entries(doubts)) {
    await t.rejects(open(bytes), new RangedExtractionError(reason), reason)
  }
})

t.test('finds tracks, chapters and cues behind the clusters, by a second SeekHead', async (t) => {
  const ID = { seekHead: 0x114d9b74, tracks: 0x1654ae6b, chapters: 0x1043a770 }
  const build = (chapters: Buffer) => {
    const layOut = (positions: readonly number[]) => [
      seekHead([[ID.seekHead, positions[0]!]]),
      info(),
      cluster(0, simpleBlock({ ticks: 0, isKey: true }), simpleBlock({ ticks: 40 })),
      seekHead([[ID.tracks, positions[1]!], [ID.chapters, positions[2]!]]),
      tracks(videoTrack()),
      chapters
    ]
    const sizes = layOut([0, 0, 0]).map(({ length }) => length)
    const before = (count: number) => sizes.slice(0, count).reduce((sum, size) => sum + size, 0)
    return matroska(...layOut([before(3), before(4), before(5)]))
  }
  t.same(await listTimes(build(element(ID.chapters)), 50, 'exact'), [0, 40])
  await t.rejects(
    open(build(element(ID.chapters, element(0x45b9, number(0x45dd, 1))))),
    new RangedExtractionError('the chapters are ordered')
  )
})

t.test('takes the duration of a frame from its group, its track, or the frames before', async (t) => {
  const file = (track: Buffer, last: Buffer) =>
    build(tracks(track), cluster(0, simpleBlock({ ticks: 0, isKey: true }), simpleBlock({ ticks: 36 }), last))
  const last = blockGroup({ ticks: 70 })
  const durations = [
    file(videoTrack(), blockGroup({ ticks: 70 }, number(0x9b, 25))),
    file(videoTrack({ track: [number(0x23e383, 33_366_667)] }), last),
    file(videoTrack(), last)
  ].map(async (bytes) => (await open(bytes)).info.durationMicros)
  t.same(await Promise.all(durations), [95_000, 103_000, 105_000])
})

t.test('lets other work run while it parses, and limits the elements', async (t) => {
  const padding = (count: number) => Buffer.alloc(2 * count, Buffer.from('ec80', 'hex'))
  const file = (count: number) =>
    build(tracks(videoTrack(), soundTrack()), cluster(0, simpleBlock({ ticks: 0, isKey: true }), padding(count)))
  const bytes = file(100_000)
  const reader = { size: bytes.length, read: async (start: number, end: number) => bytes.subarray(start, end) }
  let turns = 0
  const takeTurn = () => {
    turns++
    other = setImmediate(takeTurn)
  }
  let other = setImmediate(takeTurn)
  await openMatroskaIndex(reader, 'webm').finally(() => clearImmediate(other))
  t.ok(turns >= 50, `${turns} turns`)
  await t.rejects(open(file(600_000)), new RangedExtractionError('finding the frame takes too many elements'))
})

function build (...children: readonly Buffer[]): Buffer {
  return matroska(info(), ...children)
}

function encoding (algorithm: number, ...more: readonly Buffer[]): Buffer {
  const isScope = (child: Buffer) => child.readUInt16BE(0) === 0x5032
  return element(
    0x6d80,
    element(
      0x6240,
      ...more.filter(isScope),
      element(0x5034, number(0x4254, algorithm), ...more.filter((child) => !isScope(child)))
    )
  )
}

async function open (bytes: Buffer): Promise<VideoIndex> {
  return await openMatroskaIndex(createCountingReader(bytes), 'webm')
}

async function listTimes (bytes: Buffer, atMs: number, seek: 'exact' | 'keyframe'): Promise<number[]> {
  const { packets } = await (await open(bytes)).readPacketRange(createCountingReader(bytes), atMs * 1000, seek)
  return packets.map(({ pts }) => pts)
}
