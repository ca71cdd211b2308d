import { openMp4 } from '../../src/video/demux/open-mp4.ts'
import { createCountingReader } from '../support/counting-reader.ts'
import { allow, requestFromIndex } from './index-target.ts'
import { createMeter } from './meter.ts'
import { mutateBoxes } from './mutate-boxes.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { loadMovies } from './real-seeds.ts'
import { type FuzzTarget, pick, Violation } from './target.ts'

/** Per case. Unchanged, the largest file takes 240,000 steps, 26 kB and 17 reads; a mutation may repeat a box. */
const LIMITS = { maxSteps: 2_000_000, maxAllocatedBytes: 32 * 2 ** 20 }
const MAX_READS = 200

/** Creates a target for the index of MP4 and MOV, made of mutated real files. */
export async function createRealIndexTarget (): Promise<FuzzTarget> {
  const seeds = await loadMovies()
  const meter = createMeter(LIMITS)
  return {
    make (random) {
      const { data } = pick(random, seeds)
      const mutated = random() < 0.75 ? mutateBoxes(data, random) : mutateBytes(data, random)
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
