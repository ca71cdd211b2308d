import { openMatroskaIndex } from '../../src/video/demux/matroska/open-matroska-index.ts'
import { createCountingReader } from '../support/counting-reader.ts'
import { allow, requestFromIndex } from './index-target.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { makeSeedMatroska } from './seed-movies.ts'
import { type FuzzTarget, pick, Violation } from './target.ts'

const MAX_READS = 400

/** Creates a target for the index of Matroska and WebM. */
export async function createMatroskaTarget (): Promise<FuzzTarget> {
  const seeds = await makeSeedMatroska()
  return {
    make: (random) => {
      const seed = pick(random, seeds)
      // Most mutations are in the head, which has the structure.
      const cut = random() < 0.8 ? Math.min(seed.length, 1200) : seed.length
      return Buffer.concat([mutateBytes(seed.subarray(0, cut), random, 6), seed.subarray(cut)])
    },
    async check (input, random) {
      const reader = createCountingReader(input)
      const index = await allow(() => openMatroskaIndex(reader, 'matroska'))
      if (index !== undefined) await requestFromIndex(index, reader, random)
      if (reader.reads.length > MAX_READS) throw new Violation(`${reader.reads.length} reads`)
    }
  }
}
