import t, { type Test } from 'tap'
import { openMatroskaIndex } from '../../../../src/video/demux/matroska/open-matroska-index.ts'
import { createCountingReader } from '../../../support/counting-reader.ts'
import {
  cluster,
  type CuePlan,
  cues,
  EBML_HEADER,
  float,
  info,
  matroska,
  seekHead,
  simpleBlock,
  soundTrack,
  text,
  tracks,
  unsized,
  unsizedCluster,
  videoTrack,
  vp8Packet
} from '../../../support/ebml-builder.ts'

t.setTimeout(180_000)

const CUES = 0x1c53bb6b
const CLUSTER_MS = 1000
const FRAME_MS = 100
const FRAMES = CLUSTER_MS / FRAME_MS
const HEAD = [info(), tracks(videoTrack(), soundTrack())]

interface LongPlan {
  readonly clusters: number
  readonly frameBytes: number
  readonly build?: typeof cluster
  readonly fill?: (packet: Buffer) => Buffer
}

/** Clusters of a second: ten frames, of which the first is a key frame, and sound. */
function buildClusters ({ clusters, frameBytes, build = cluster, fill = (packet) => packet }: LongPlan): Buffer[] {
  return Array.from({ length: clusters }, (_, index) => {
    const blocks = Array.from({ length: FRAMES }, (_, frame) => [
      simpleBlock({
        ticks: frame * FRAME_MS,
        isKey: frame === 0,
        data: fill(vp8Packet(frame === 0, index, frameBytes))
      }),
      simpleBlock({ track: 2, ticks: frame * FRAME_MS, isKey: true, data: Buffer.alloc(20) })
    ])
    return build(index * CLUSTER_MS, ...blocks.flat())
  })
}

/** A file with cues behind its clusters, which `change` may falsify. */
function buildCued (clusters: readonly Buffer[], change = (cue: CuePlan): CuePlan => cue, muxingApp = 'x'): Buffer {
  const head = (cuesAt: number) => [
    seekHead([[CUES, cuesAt]]),
    info(text(0x4d80, muxingApp), float(0x4489, clusters.length * CLUSTER_MS)),
    HEAD[1]!
  ]
  const start = Buffer.concat(head(0)).length
  let at = start
  const plans = clusters.map((bytes, index) => {
    at += bytes.length
    return change({ ticks: index * CLUSTER_MS, position: at - bytes.length })
  })
  return matroska(...head(at), Buffer.concat(clusters), cues(plans))
}

async function check (t: Test, file: Buffer, name: string, { maxBytes = Infinity, maxReads = 80 } = {}) {
  const index = await openMatroskaIndex(createCountingReader(file), 'webm')
  for (const [ms, keyMs] of [[0, 0], [1234, 1000], [7950, 7000], [20_500, 20_000], [39_999, 39_000]] as const) {
    const source = createCountingReader(file)
    const { packets } = await index.readPacketRange(source, ms * 1000, 'exact')
    const last = Math.floor(ms / FRAME_MS) * FRAME_MS
    t.same([packets[0]?.pts, packets.at(-1)?.pts, packets.length], [keyMs, last, (last - keyMs) / FRAME_MS + 1], `${name}: ${ms}`)
    t.same((await index.readPacketRange(source, ms * 1000, 'keyframe')).packets.map(({ pts }) => pts), [keyMs])
    t.ok(source.reads.length <= maxReads, `${name}: ${source.reads.length} reads`)
    t.ok(source.bytesRead <= maxBytes, `${name}: ${source.bytesRead} of ${file.length} bytes`)
  }
  const keys = await index.readKeyFrames(createCountingReader(file), 4)
  t.same(keys.map(({ targetPts }) => targetPts), [5000, 15_000, 25_000, 35_000], `${name}: key frames`)
  const ranges = await index.readPacketRanges(createCountingReader(file), [
    { atMicros: 30_250_000, seek: 'exact' },
    { atMicros: 500_000, seek: 'keyframe' },
    { atMicros: 30_450_000, seek: 'exact' }
  ])
  t.same(ranges.map(({ targetPts }) => targetPts), [30_200, 0, 30_400], `${name}: several`)
  const range = await index.readPacketRange(createCountingReader(file), 20_000_000, 'keyframe')
  const earlier = await index.readEarlier(createCountingReader(file), range)
  t.same([earlier.packets[0]?.pts, earlier.packets.length], [19_000, FRAMES + 1], `${name}: earlier`)
  t.equal(index.info.durationMicros, 40_000_000, `${name}: duration`)
}

const LONG = { clusters: 40, frameBytes: 20_000 }
/** For two lookups without cues. */
const LITTLE = { maxBytes: 2_000_000, maxReads: 20 }

t.test('finds frames by cues', async (t) => {
  await check(t, buildCued(buildClusters(LONG)), 'cues', { maxBytes: 900_000, maxReads: 5 })
})

t.test('reads a key frame alone if the cues are known to list each', async (t) => {
  const file = buildCued(buildClusters(LONG), undefined, 'Lavf62')
  const index = await openMatroskaIndex(createCountingReader(file), 'webm')
  const source = createCountingReader(file)
  t.equal((await index.readPacketRange(source, 20_900_000, 'keyframe')).targetPts, 20_000)
  t.ok(source.reads.length === 1 && source.bytesRead < 140_000, `${source.bytesRead} bytes`)
})

t.test('falls back to a search if the cues are wrong', async (t) => {
  const clusters = buildClusters(LONG)
  const wrong: Record<string, (cue: CuePlan) => CuePlan> = {
    'into a cluster': (cue) => ({ ...cue, position: cue.position + 100 }),
    'to the next cluster': (cue) => ({ ...cue, position: cue.position + clusters[0]!.length }),
    'to a later block': (cue) => ({ ...cue, relative: 20_100 }),
    'past the file': (cue) => ({ ...cue, position: cue.position + 2 ** 40 }),
    'of another track': (cue) => ({ ...cue, track: 7 }),
    'at other times': (cue) => ({ ...cue, ticks: cue.ticks + 10 })
  }
  for (const [name, change] of Object.entries(wrong)) {
    await check(t, buildCued(clusters, change), name)
    await check(t, buildCued(clusters, change, 'Lavf62'), `${name}, known writer`)
  }
})

t.test('finds frames without cues: clusters of known and of unknown size', async (t) => {
  await check(t, matroska(...HEAD, ...buildClusters(LONG)), 'known sizes', LITTLE)
  const clusters = buildClusters({ ...LONG, build: unsizedCluster })
  await check(t, Buffer.concat([EBML_HEADER, unsized(0x18538067, ...HEAD, ...clusters)]), 'unknown sizes', LITTLE)
})

t.test('goes back over clusters without a key frame', async (t) => {
  const clusters = buildClusters({ ...LONG, frameBytes: 40_000 }).map((bytes, index) =>
    index % 10 === 0
      ? bytes
      : cluster(
        index * CLUSTER_MS,
        ...Array.from({ length: FRAMES }, (_, frame) =>
          simpleBlock({ ticks: frame * FRAME_MS, data: vp8Packet(false, index, 40_000) })
        )
      )
  )
  const file = matroska(...HEAD, ...clusters)
  const index = await openMatroskaIndex(createCountingReader(file), 'webm')
  for (const [ms, keyMs] of [[28_950, 20_000], [30_050, 30_000], [5_000, 0]] as const) {
    const source = createCountingReader(file)
    const { packets } = await index.readPacketRange(source, ms * 1000, 'exact')
    t.same([packets[0]?.pts, packets.length], [keyMs, Math.floor((ms - keyMs) / FRAME_MS) + 1])
    t.ok(source.reads.length <= 20, `${source.reads.length} reads`)
    t.ok(source.bytesRead < file.length / 2, `${source.bytesRead} of ${file.length} bytes`)
    t.same((await index.readPacketRange(source, ms * 1000, 'keyframe')).targetPts, keyMs)
  }
})

t.test('takes no bytes of a frame for a cluster', async (t) => {
  // A frame that contains clusters: one with a single block, one before its time, one after all, one without blocks.
  const filler = Buffer.alloc(40, 0xaa)
  const blocks = [simpleBlock({ ticks: 0, isKey: true }), simpleBlock({ ticks: 40 })]
  const traps = [
    unsizedCluster(3000, simpleBlock({ ticks: 0, isKey: true })),
    cluster(0, ...blocks),
    cluster(2 ** 40, ...blocks),
    unsizedCluster(39_500)
  ]
  const fill = (packet: Buffer) => {
    Buffer.concat(traps.flatMap((trap) => [trap, filler])).copy(packet, 200)
    return packet
  }
  const clusters = buildClusters({ ...LONG, fill })
  await check(t, matroska(...HEAD, ...clusters), 'traps')
})

t.test('reads 300,000 clusters with few reads and bytes', async (t) => {
  const sound = simpleBlock({ track: 2, ticks: 0, isKey: true, data: Buffer.alloc(1) })
  const one = cluster(0, simpleBlock({ ticks: 0, isKey: true }), sound)
  const file = (isCued: boolean) => {
    const clusters = Array.from({ length: 300_000 }, (_, index) => {
      const bytes = Buffer.from(one)
      bytes.writeUInt32BE(index * 10, bytes.indexOf(0xe7) + 13)
      return bytes
    })
    const every10Ms = (cue: CuePlan) => ({ ...cue, ticks: cue.ticks / 100 })
    return isCued ? buildCued(clusters, every10Ms) : matroska(...HEAD, Buffer.concat(clusters))
  }
  for (const isCued of [false, true]) {
    const bytes = file(isCued)
    const source = createCountingReader(bytes)
    const index = await openMatroskaIndex(source, 'webm')
    t.equal(index.info.durationMicros, 3_000_000_000)
    for (const ms of [5, 123_455, 1_500_000, 2_999_999]) {
      t.equal((await index.readPacketRange(source, ms * 1000, 'exact')).targetPts, Math.floor(ms / 10) * 10)
    }
    t.ok(source.reads.length <= 60, `${source.reads.length} reads`)
    t.ok(source.bytesRead < bytes.length / 2, `${source.bytesRead} of ${bytes.length} bytes`)
    t.ok(index.memoryBytes < 2 ** 20, `${index.memoryBytes} bytes of memory`)
  }
})
