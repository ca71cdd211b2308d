import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { listDescendants } from '../../test/support/process-use.ts'
import type { SoakSample } from './judge.ts'

const SAMPLE_EVERY_MS = 2000

/** What is looked at: a process, and its scratch with what always lies there. */
export interface Observed {
  readonly pid: number
  readonly scratch: string
  readonly lastingEntries: number
}

/** Looks again and again until the signal aborts. */
export async function collectSamples (observed: Observed, signal: AbortSignal): Promise<SoakSample[]> {
  const samples: SoakSample[] = []
  while (!signal.aborted) {
    samples.push(await lookAt(observed))
    await delay(SAMPLE_EVERY_MS)
  }
  return samples
}

/** What lies on scratch now that does not always lie there. */
export async function countScratch ({ scratch, lastingEntries }: Observed): Promise<number> {
  return (await readdir(scratch)).length - lastingEntries
}

async function lookAt (observed: Observed): Promise<SoakSample> {
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
