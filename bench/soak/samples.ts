import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { listDescendants } from '../../test/support/process-use.ts'
import type { SoakSample } from './judge.ts'

const SAMPLE_EVERY_MS = 5000
/** Time for the garbage collection that precedes a sample. */
const COLLECTION_MS = 500

/** A process, and its scratch directory with the number of entries that are always in it. */
export interface Observed {
  readonly pid: number
  readonly scratch: string
  readonly permanentEntries: number
}

/** Samples a process from `warmUpMs` on until the signal aborts. */
export async function collectSamples (
  observed: Observed,
  signal: AbortSignal,
  warmUpMs: number
): Promise<SoakSample[]> {
  const samples: SoakSample[] = []
  await delay(warmUpMs)
  while (!signal.aborted) {
    // `collect-garbage.mjs` handles the signal.
    process.kill(observed.pid, 'SIGUSR2')
    await delay(COLLECTION_MS)
    samples.push(await takeSample(observed))
    await delay(SAMPLE_EVERY_MS)
  }
  return samples
}

/** Counts the entries of the scratch directory without the permanent ones. */
export async function countScratch ({ scratch, permanentEntries }: Observed): Promise<number> {
  return (await readdir(scratch)).length - permanentEntries
}

async function takeSample (observed: Observed): Promise<SoakSample> {
  const children = await Promise.all(listDescendants(observed.pid).map(readResidentBytes))
  return {
    memoryBytes: await readResidentBytes(observed.pid),
    childBytes: children.reduce((sum, bytes) => sum + bytes, 0),
    descriptors: (await readdir(`/proc/${observed.pid}/fd`)).length,
    scratchEntries: await countScratch(observed)
  }
}

async function readResidentBytes (pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
