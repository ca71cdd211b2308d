import t from 'tap'
import { openMp4 } from '../../../../src/video/demux/open-mp4.ts'
import { chooseFrame, PresentationClock } from '../../../../src/video/extract/choose-frame.ts'
import type { VideoIndex } from '../../../../src/video/demux/video-index.ts'
import {
  buildMovie,
  type EditPlan,
  type SamplePlan,
  soundEntry,
  type TrackPlan,
  vp9Packet
} from '../../../support/mp4-builder.ts'
import { createCountingReader } from '../../../support/counting-reader.ts'
import { type ListedFrame, listFrames } from '../../../support/naive-edits.ts'
import { createRandom } from '../../../support/random.ts'

type Random = () => number
const pick = (random: Random, low: number, high: number) => low + Math.floor(random() * (high - low + 1))

/** GOPs of random length, with reordered frames, among them leading pictures of open GOPs. */
function makeSamples (random: Random, isReordered: boolean): SamplePlan[] {
  const deltas: readonly [number, number] = random() < 0.5 ? [40, 40] : [1, 90]
  const samples: Array<{ dts: number, delta: number, rank: number, isSync: boolean }> = []
  let dts = 0
  for (let gop = pick(random, 1, 8); gop > 0; gop--) {
    const length = pick(random, 1, 12)
    const base = samples.length
    for (let place = 0; place < length; place++) {
      const delta = pick(random, ...deltas)
      // Groups of three are decoded in the order 2, 0, 1.
      const group = place - (place % 3)
      const rank = isReordered && group + 2 < length ? group + [2, 0, 1][place % 3]! : place
      const isLeading = isReordered && gop % 3 === 0 && place === 1 && base > 0
      samples.push({ dts, delta, rank: base + rank - (isLeading ? 2.5 : 0), isSync: place === 0 })
      dts += delta
    }
  }
  if (!isReordered) {
    return samples.map(({ delta, isSync }, number) => ({
      data: vp9Packet(isSync, pick(random, 8, 60), number),
      delta,
      isSync
    }))
  }
  const times = samples.map(({ dts }) => dts)
  const ranks = samples.map(({ rank }, sample) => ({ rank, sample })).sort((one, other) => one.rank - other.rank)
  const shift = pick(random, 0, 1) * 120
  const pts = new Map(ranks.map(({ sample }, place) => [sample, times[place]! + shift]))
  return samples.map(({ dts, delta, isSync }, number) => ({
    data: vp9Packet(isSync, pick(random, 8, 60), number),
    delta,
    offset: pts.get(number)! - dts,
    isSync
  }))
}

function makeEdits (random: Random, samples: readonly SamplePlan[]): EditPlan[] | undefined {
  if (random() < 0.3) return undefined
  const totalTicks = samples.reduce((sum, { delta }) => sum + delta, 0)
  const anyFrame = samples.slice(0, pick(random, 0, samples.length)).reduce((sum, { delta }) => sum + delta, 0)
  const mediaTime = random() < 0.7 ? Math.max(0, anyFrame + (samples[0]?.offset ?? 0)) : pick(random, 0, totalTicks)
  const shown = { duration: pick(random, 1, totalTicks + 50), mediaTime }
  return random() < 0.3 ? [{ duration: pick(random, 1, 500), mediaTime: -1 }, shown] : [shown]
}

function makeTrack (random: Random): TrackPlan {
  const samples = makeSamples(random, random() < 0.6)
  const edits = makeEdits(random, samples)
  return {
    samples,
    ...(edits === undefined ? {} : { edits }),
    timescale: [1000, 1000, 600, 30_000][pick(random, 0, 3)]!,
    chunks: Array.from({ length: pick(random, 1, 6) }, () => pick(random, 1, 9)),
    hasLongOffsets: random() < 0.3,
    hasLongEdits: random() < 0.3,
    ...(random() < 0.3 ? { compactBits: random() < 0.5 ? (8 as const) : (16 as const) } : {})
  }
}

t.test('finds the same frames as a reader of expanded tables, and reads their packets', async (t) => {
  const counts = { opened: 0, rejected: 0, ranges: 0 }
  for (let seed = 1; seed <= 400; seed++) {
    const random = createRandom(seed)
    const track = makeTrack(random)
    const sound = {
      handler: 'soun',
      sampleEntry: soundEntry(),
      samples: Array.from({ length: 10 }, () => ({ data: Buffer.alloc(50), delta: 20, isSync: true })),
      hasSyncTable: false
    }
    const file = createCountingReader(
      buildMovie({
        tracks: random() < 0.5 ? [track] : [sound, track],
        isMovieFirst: random() < 0.5,
        isLongMedia: random() < 0.2
      })
    )
    const expected = listFrames(track.samples, track.timescale!, track.edits)
    const index = await openMp4(file).catch((error: Error) => error)
    const isAmbiguous = expected === undefined || expected.length === 0 || hasEqualTimes(expected)
    if (index instanceof Error) {
      counts.rejected++
      if (index.name !== 'RangedExtractionError' || !isAmbiguous) t.fail(`seed ${seed}: ${index.stack}`)
      continue
    }
    counts.opened++
    if (isAmbiguous) continue
    for (let attempt = 0; attempt < 12; attempt++) {
      const atMicros = attempt === 0 ? Number.MAX_SAFE_INTEGER : pick(random, 0, 2e6)
      const seek = random() < 0.5 ? 'exact' : 'keyframe'
      const difference = await findDifference(index, file, track, expected, atMicros, seek)
      if (difference !== undefined) t.fail(`seed ${seed} at ${atMicros}: ${difference}`)
      counts.ranges++
    }
  }
  t.comment(JSON.stringify(counts))
  t.ok(counts.opened > 200 && counts.ranges > 2000)
})

function hasEqualTimes (frames: readonly ListedFrame[]): boolean {
  return frames.some(({ pts }, place) => pts === frames[place - 1]?.pts)
}

async function findDifference (
  index: VideoIndex,
  file: ReturnType<typeof createCountingReader>,
  track: TrackPlan,
  frames: readonly ListedFrame[],
  atMicros: number,
  seek: 'exact' | 'keyframe'
): Promise<string | undefined> {
  const clock = new PresentationClock({ numerator: 1, denominator: track.timescale! }, 0)
  const wanted = chooseFrame(frames, atMicros, seek, clock)
  const target = frames.find(({ pts }) => pts === wanted.pts)!.sample
  const times = presentTimes(track.samples)
  const first = track.samples.findLastIndex(
    ({ isSync }, sample) => isSync && sample <= target && times[sample]! <= times[target]!
  )
  const range = await index.readPacketRange(file, atMicros, seek).catch((error: Error) => error)
  if (range instanceof Error) return first === -1 && range.name === 'RangedExtractionError' ? undefined : range.stack
  if (range.targetPts !== wanted.pts || range.isKey !== wanted.isKey) return `${range.targetPts} instead of ${wanted.pts}`
  const expected = track.samples.slice(first, target + 1)
  if (range.packets.length !== expected.length) return `${range.packets.length} packets instead of ${expected.length}`
  return expected.every(
    ({ data, isSync }, place) => range.packets[place]!.data.equals(data) && range.packets[place]!.isKey === isSync
  )
    ? undefined
    : 'other packets'
}

function presentTimes (samples: readonly SamplePlan[]): number[] {
  let clock = 0
  return samples.map(({ delta, offset = 0 }) => {
    clock += delta
    return clock - delta + offset
  })
}
