import { averageRate, type IndexSummary } from '../index-summary.ts'
import type { Fragment } from './fragment.ts'
import type { FragmentedMovie } from './fragmented-movie.ts'

/** What the movie box and the first fragment say; how far key frames lie apart only where it holds two of them. */
export function summarizeFragments ({ summaries, info }: FragmentedMovie, { samples }: Fragment): IndexSummary {
  const ticks = samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0)
  const keys = samples.filter(({ isSync }) => isSync)
  const apart =
    keys.length < 2 ? null : averageRate(keys.length - 1, keys.at(-1)!.dts - keys[0]!.dts, info.timescale).apart
  return {
    frameRate: averageRate(samples.length, ticks, info.timescale).perSecond,
    keyFrameInterval: apart,
    tracks: summaries
  }
}
