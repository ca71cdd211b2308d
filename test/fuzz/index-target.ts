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

/** Per case, which is some ten questions to a file of a few kilobytes: a true one takes under 10,000 steps. */
const LIMITS = { maxSteps: 200_000, maxAllocatedBytes: 16 * 2 ** 20 }
const MAX_READS = 60

/**
 * The index of MP4 and MOV over files with wrong boxes, and what is done with its answers before a decoder sees them.
 */
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
        if (index !== undefined) await askIndex(index, reader, random)
        if (reader.reads.length > MAX_READS) throw new Violation(`it reads ${reader.reads.length} times`)
      })
  }
}

/** Puts the questions of the service to an index. */
export async function askIndex (index: VideoIndex, reader: CountingReader, random: Random): Promise<void> {
  const duration = index.info.durationMicros ?? 0
  if (!(duration >= 0) || !Number.isFinite(duration)) throw new Violation(`it lasts ${duration}`)
  for (const moment of [0, below(random, Math.max(1, duration)), duration, Number.MAX_SAFE_INTEGER]) {
    const run = await allow(() => index.readPacketRange(reader, moment, pick(random, ['exact', 'keyframe'] as const)))
    if (run === undefined) continue
    await checkRun(index, run, reader)
    const earlier = await allow(() => index.readEarlier(reader, run))
    if (earlier !== undefined) await checkRun(index, earlier, reader)
  }
  for (const run of (await allow(() => index.readKeyFrames(reader, 8))) ?? []) await checkRun(index, run, reader)
}

async function checkRun (index: VideoIndex, run: PacketRange, reader: CountingReader): Promise<void> {
  const target = run.packets.at(-1)
  if (target === undefined) throw new Violation('a run has no packets')
  if (run.packets.some(({ data }) => data.length > reader.size)) {
    throw new Violation('a packet is larger than its file')
  }
  await allow(async () => {
    const needed = dropNonReferenceFrames(index.info, run)
    if (needed.packets.length > run.packets.length) throw new Violation('packets were added')
    layOutSegment(index.info, needed)
  })
}

/** Undefined where the service would refuse in so many words, or leave the file to the general way. */
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
