import { isPosterframeError } from '../../src/errors.ts'
import { openMp4 } from '../../src/video/demux/open-mp4.ts'
import { layOutSegment } from '../../src/video/remux/segment-layout.ts'
import { dropNonReferenceFrames } from '../../src/video/bitstream/drop-non-reference.ts'
import type { VideoIndex } from '../../src/video/demux/video-index.ts'
import { type CountingReader, createCountingReader } from '../support/counting-reader.ts'
import { createMeter } from './meter.ts'
import { mutateBoxes } from './mutate-boxes.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { makeSeedMovies } from './seed-movies.ts'
import { below, type FuzzTarget, pick, type Random, Violation } from './target.ts'
import { RangedExtractionError } from '../../src/video/media/ranged-extraction-error.ts'
import type { PacketRange } from '../../src/video/media/track.ts'

/** Per case, which is some ten requests to a file of a few kilobytes; a valid file takes fewer than 10,000 steps. */
const LIMITS = { maxSteps: 200_000, maxAllocatedBytes: 16 * 2 ** 20 }
const MAX_READS = 60

/** Creates a target for the index of MP4 and MOV, and for what happens to its packets before they are decoded. */
export async function createIndexTarget (): Promise<FuzzTarget> {
  const seeds = await makeSeedMovies()
  const meter = createMeter(LIMITS)
  return {
    make (random) {
      const seed = pick(random, seeds)
      const mutated = random() < 0.75 ? mutateBoxes(seed, random) : mutateBytes(seed, random)
      return random() < 0.15 ? mutateBytes(mutated, random, 2) : mutated
    },
    check: (input, random) =>
      meter.run(async () => {
        const reader = createCountingReader(input)
        const index = await allow(() => openMp4(reader))
        if (index !== undefined) await requestFromIndex(index, reader, random)
        if (reader.reads.length > MAX_READS) throw new Violation(`${reader.reads.length} reads`)
      })
  }
}

/** Sends an index the requests of the service. */
export async function requestFromIndex (index: VideoIndex, reader: CountingReader, random: Random): Promise<void> {
  const duration = index.info.durationMicros ?? 0
  if (!(duration >= 0) || !Number.isFinite(duration)) throw new Violation(`the duration is ${duration}`)
  for (const atMicros of [0, below(random, Math.max(1, duration)), duration, Number.MAX_SAFE_INTEGER]) {
    const seek = pick(random, ['exact', 'keyframe'] as const)
    const range = await allow(() => index.readPacketRange(reader, atMicros, seek))
    if (range === undefined) continue
    await checkRange(index, range, reader)
    const earlier = await allow(() => index.readEarlier(reader, range))
    if (earlier !== undefined) await checkRange(index, earlier, reader)
  }
  for (const range of (await allow(() => index.readKeyFrames(reader, 8))) ?? []) await checkRange(index, range, reader)
}

async function checkRange (index: VideoIndex, range: PacketRange, reader: CountingReader): Promise<void> {
  const target = range.packets.at(-1)
  if (target === undefined) throw new Violation('a packet range has no packets')
  if (range.packets.some(({ data }) => data.length > reader.size)) {
    throw new Violation('a packet is larger than its file')
  }
  await allow(async () => {
    const needed = dropNonReferenceFrames(index.info, range)
    if (needed.packets.length > range.packets.length) throw new Violation('packets were added')
    layOutSegment(index.info, needed)
  })
}

/** Returns undefined if the service would reject the file with a specific code or fall back to a full download. */
export async function allow<T> (task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task()
  } catch (error) {
    if (isPosterframeError(error) ? error.code !== 'internal_error' : error instanceof RangedExtractionError) {
      return undefined
    }
    throw error
  }
}
