import { readCpuSeconds } from './measure.ts'
import { ask, type Posterframe } from './posterframe.ts'
import { runUncounted, type RivalTools } from './rivals.ts'
import { findMedian } from './statistics.ts'

/** Thumbnails per second with four callers, and what each took of the CPU. */
export interface Throughput {
  readonly input: string
  readonly thumbnails: number
  readonly rounds: ReadonlyArray<{ readonly way: 'k' | 'e', readonly perSecond: number, readonly cpuSeconds: number }>
}

const CALLERS = 4
const ROUNDS = 3

/** Key frames all over one video, its index warm, by (k) and (e) in turn. */
export async function measureThroughput (tools: RivalTools, service: Posterframe, { input, key, minutes, count }: { readonly input: string, readonly key: string, readonly minutes: number, readonly count: number }): Promise<Throughput> {
  const moments = Array.from({ length: count }, (_, order) => (order + 0.5) / count * minutes * 60)
  const rounds: Array<Throughput['rounds'][number]> = []
  for (let round = 0; round < ROUNDS; round++) {
    const copy = `throughput/${round}/${key}`
    await tools.store.copy(key, copy)
    await ask(service.base, { key: copy, atSeconds: 1, seek: 'keyframe' })
    let cpuSeconds = 0
    const rivalsMs = await runAtOnce(moments, async (atSeconds) => {
      const cost = await runUncounted(tools, key, atSeconds)
      cpuSeconds += cost
    })
    rounds.push({ way: 'k', perSecond: count / rivalsMs * 1000, cpuSeconds: cpuSeconds / count })
    const cpuBefore = await readCpuSeconds(service.pid)
    const ownMs = await runAtOnce(moments, async (atSeconds) => { await ask(service.base, { key: copy, atSeconds, seek: 'keyframe' }) })
    rounds.push({ way: 'e', perSecond: count / ownMs * 1000, cpuSeconds: (await readCpuSeconds(service.pid) - cpuBefore) / count })
  }
  return { input, thumbnails: count, rounds }
}

/** Medians over the rounds of one way. */
export function summarizeThroughput ({ rounds }: Throughput, way: 'k' | 'e'): { perSecond: number, cpuSeconds: number } {
  const own = rounds.filter((round) => round.way === way)
  return { perSecond: findMedian(own.map(({ perSecond }) => perSecond)), cpuSeconds: findMedian(own.map(({ cpuSeconds }) => cpuSeconds)) }
}

async function runAtOnce<T> (items: readonly T[], task: (item: T) => Promise<void>): Promise<number> {
  const startMs = performance.now()
  const waiting = [...items]
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await task(item)
  }))
  return performance.now() - startMs
}
