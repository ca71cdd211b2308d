import { readFamilyCpuSeconds } from '../support/process-cost.ts'
import { ask, type Posterframe } from '../support/posterframe.ts'
import { runUncounted, type RivalTools } from './ffmpeg-contestants.ts'
import type { OwnWay } from './sample.ts'
import { findMedian } from '../support/statistics.ts'

/** Thumbnails per second with four callers, and what each took of the CPU. */
export interface Throughput {
  readonly input: string
  readonly thumbnails: number
  readonly rounds: ReadonlyArray<{
    readonly way: 'k' | OwnWay
    readonly perSecond: number
    readonly cpuSeconds: number
  }>
}

const CALLERS = 4
const ROUNDS = 3

/** Key frames all over one video, its index warm, by (k), (e) and (l) in turn. */
export async function measureThroughput (
  tools: RivalTools,
  services: readonly Posterframe[],
  {
    input,
    key,
    minutes,
    count
  }: { readonly input: string, readonly key: string, readonly minutes: number, readonly count: number }
): Promise<Throughput> {
  const moments = Array.from({ length: count }, (_, order) => ((order + 0.5) / count) * minutes * 60)
  const rounds: Array<Throughput['rounds'][number]> = []
  for (let round = 0; round < ROUNDS; round++) {
    let cpuSeconds = 0
    const rivalsMs = await runAtOnce(moments, async (atSeconds) => {
      const cost = await runUncounted(tools, key, atSeconds)
      cpuSeconds += cost
    })
    rounds.push({ way: 'k', perSecond: (count / rivalsMs) * 1000, cpuSeconds: cpuSeconds / count })
    for (const { way, base, pid } of services) {
      const own = `throughput/${way}-${round}/${key}`
      await tools.store.copy(key, own)
      await ask(base, { key: own, atSeconds: 1, seek: 'keyframe' })
      const cpuBefore = await readFamilyCpuSeconds(pid)
      const ownMs = await runAtOnce(moments, async (atSeconds) => {
        await ask(base, { key: own, atSeconds, seek: 'keyframe' })
      })
      rounds.push({
        way,
        perSecond: (count / ownMs) * 1000,
        cpuSeconds: ((await readFamilyCpuSeconds(pid)) - cpuBefore) / count
      })
    }
  }
  return { input, thumbnails: count, rounds }
}

/** Medians over the rounds of one way. */
export function summarizeThroughput (
  { rounds }: Throughput,
  way: 'k' | OwnWay
): { perSecond: number, cpuSeconds: number } {
  const own = rounds.filter((round) => round.way === way)
  return {
    perSecond: findMedian(own.map(({ perSecond }) => perSecond)),
    cpuSeconds: findMedian(own.map(({ cpuSeconds }) => cpuSeconds))
  }
}

async function runAtOnce<T> (items: readonly T[], task: (item: T) => Promise<void>): Promise<number> {
  const startMs = performance.now()
  const waiting = [...items]
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await task(item)
    })
  )
  return performance.now() - startMs
}
