import { openMatroskaIndex } from '../../src/video/demux/matroska/open-matroska-index.ts'
import { createCountingReader } from '../support/counting-reader.ts'
import {
  EBML_HEADER,
  info,
  simpleBlock,
  soundTrack,
  tracks,
  unsized,
  unsizedCluster,
  videoTrack,
  vp8Packet
} from '../support/ebml-builder.ts'
import { allow, requestFromIndex } from './index-target.ts'
import { createMeter } from './meter.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { makeSeedMatroska } from './seed-movies.ts'
import { below, type FuzzTarget, pick, type Random, Violation } from './target.ts'

/** Per case, which is some ten requests; a valid file takes fewer than 30,000 steps. */
const LIMITS = { maxSteps: 3_000_000, maxAllocatedBytes: 512 * 2 ** 20 }
const MAX_READS = 400
const CLUSTER_ID = Buffer.from('1f43b675', 'hex')
const HEAD_BYTES = 1200
/** Bytes of a cluster that have structure: its header, its time and the first block. */
const CLUSTER_HEAD_BYTES = 60

/** Creates a target for the index of Matroska and WebM. */
export async function createMatroskaTarget (): Promise<FuzzTarget> {
  const seeds = await makeSeedMatroska()
  const recording = makeRecording()
  const meter = createMeter(LIMITS)
  return {
    make: (random) => {
      if (random() < 0.1) return mutateClusters(recording, random)
      const seed = pick(random, seeds)
      // Most mutations are in the head, which has the structure.
      const cut = random() < 0.8 ? Math.min(seed.length, HEAD_BYTES) : seed.length
      return Buffer.concat([mutateBytes(seed.subarray(0, cut), random, 6), seed.subarray(cut)])
    },
    check: (input, random) =>
      meter.run(async () => {
        const reader = createCountingReader(input)
        const index = await allow(() => openMatroskaIndex(reader, 'matroska'))
        if (index !== undefined) await requestFromIndex(index, reader, random)
        if (reader.reads.length > MAX_READS) throw new Violation(`${reader.reads.length} reads`)
      })
  }
}

/** A recording without cues that is too large to be read in one piece, so that its clusters have to be searched. */
function makeRecording (): Buffer {
  const clusters = Array.from({ length: 24 }, (_, index) =>
    unsizedCluster(
      index * 1000,
      ...Array.from({ length: 10 }, (_, frame) =>
        simpleBlock({ ticks: frame * 100, isKey: frame === 0, data: vp8Packet(frame === 0, index, 6000) })
      ),
      simpleBlock({ track: 2, ticks: 0, isKey: true, data: Buffer.alloc(20) })
    )
  )
  return Buffer.concat([EBML_HEADER, unsized(0x18538067, info(), tracks(videoTrack(), soundTrack()), ...clusters)])
}

function mutateClusters (recording: Buffer, random: Random): Buffer {
  let mutated = recording
  for (let count = 1 + below(random, 3); count > 0; count--) {
    const at = mutated.indexOf(CLUSTER_ID, below(random, mutated.length))
    if (at === -1) continue
    const end = Math.min(mutated.length, at + CLUSTER_HEAD_BYTES)
    const head = mutateBytes(mutated.subarray(at, end), random)
    mutated = Buffer.concat([mutated.subarray(0, at), head, mutated.subarray(end)])
  }
  return mutated
}
