import { requestThumbnail, type Posterframe } from '../support/posterframe.ts'
import { readFamilyCpuSeconds } from '../support/process-cost.ts'
import { findMedian } from '../support/statistics.ts'
import type { PosterframeContestant } from './contestants.ts'
import { contestantOf } from './posterframe-contestants.ts'
import { runKeyFrameOnUrl, type ProgramTools } from './program-contestants.ts'

/** The contestants whose throughput is measured. */
export type ThroughputContestant = 'ffmpegKeyFrameOnUrl' | PosterframeContestant

/** Thumbnails per second with four callers, and the CPU time of each. */
export interface Throughput {
  readonly input: string
  readonly thumbnails: number
  readonly rounds: ReadonlyArray<{
    readonly contestant: ThroughputContestant
    readonly perSecond: number
    readonly cpuSeconds: number
  }>
}

const CALLERS = 4
const ROUNDS = 3

/** Extracts key frames spread over one video, with a warm index, by ffmpeg on the URL and by the services in turn. */
export async function measureThroughput (
  tools: ProgramTools,
  services: readonly Posterframe[],
  {
    input,
    key,
    minutes,
    count
  }: { readonly input: string, readonly key: string, readonly minutes: number, readonly count: number }
): Promise<Throughput> {
  const timestamps = Array.from({ length: count }, (_, order) => ((order + 0.5) / count) * minutes * 60)
  const rounds: Array<Throughput['rounds'][number]> = []
  for (let round = 0; round < ROUNDS; round++) {
    let ffmpegCpuSeconds = 0
    const ffmpegMs = await runConcurrently(timestamps, async (atSeconds) => {
      const cost = await runKeyFrameOnUrl(tools, key, atSeconds)
      ffmpegCpuSeconds += cost
    })
    rounds.push({
      contestant: 'ffmpegKeyFrameOnUrl',
      perSecond: (count / ffmpegMs) * 1000,
      cpuSeconds: ffmpegCpuSeconds / count
    })
    for (const service of services) {
      const { base, pid } = service
      const contestant = contestantOf(service)
      const copy = `throughput/${contestant}-${round}/${key}`
      await tools.store.copy(key, copy)
      await requestThumbnail(base, { key: copy, atSeconds: 1, seek: 'keyframe' })
      const cpuBefore = await readFamilyCpuSeconds(pid)
      const ms = await runConcurrently(timestamps, async (atSeconds) => {
        await requestThumbnail(base, { key: copy, atSeconds, seek: 'keyframe' })
      })
      const cpuSeconds = ((await readFamilyCpuSeconds(pid)) - cpuBefore) / count
      rounds.push({ contestant, perSecond: (count / ms) * 1000, cpuSeconds })
    }
  }
  return { input, thumbnails: count, rounds }
}

/** Returns the medians over the rounds of one contestant; undefined if it has none. */
export function summarizeThroughput (
  throughput: Throughput | null,
  contestant: ThroughputContestant
): { readonly perSecond: number, readonly cpuSeconds: number } | undefined {
  const rounds = throughput?.rounds.filter((round) => round.contestant === contestant) ?? []
  if (rounds.length === 0) return undefined
  return {
    perSecond: findMedian(rounds.map(({ perSecond }) => perSecond)),
    cpuSeconds: findMedian(rounds.map(({ cpuSeconds }) => cpuSeconds))
  }
}

/** Runs a task for every item, `CALLERS` at a time; returns milliseconds. */
async function runConcurrently<T> (items: readonly T[], task: (item: T) => Promise<void>): Promise<number> {
  const startMs = performance.now()
  const queue = [...items]
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item)
    })
  )
  return performance.now() - startMs
}
