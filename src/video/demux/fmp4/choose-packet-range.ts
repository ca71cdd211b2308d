import type { FragmentSample } from './fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** Samples of a track from neighbouring fragments, contiguous in decode order. */
export interface SampleRange {
  readonly samples: readonly FragmentSample[]
  /** Whether they begin at the start of the track, and whether they end at its end. */
  readonly isStart: boolean
  readonly isEnd: boolean
}

/** The samples that lead to the target, target last; or the side on which more of the track must be read. */
export type RunChoice = readonly FragmentSample[] | 'earlier' | 'later'

/**
 * Chooses the samples that lead to the last sample, or key frame, shown at or before `limitTicks`; before the first,
 * to the first. They begin with the last sync sample that is shown no later than the target and precedes it in decode
 * order, so a leading picture of an open GOP gets the GOP before it.
 *
 * @param limitTicks in ticks of the media
 * @param stepsBack number of such sync samples to begin earlier
 * @throws RangedExtractionError if times do not increase from sample to sample, or no sync sample leads to the target
 */
export function choosePacketRange (
  { samples, isStart, isEnd }: SampleRange,
  limitTicks: number,
  seek: Seek,
  stepsBack = 0
): RunChoice {
  checkOrder(samples)
  const first = samples.reduce<FragmentSample | undefined>(
    (least, sample) => (least === undefined || sample.pts < least.pts ? sample : least),
    undefined
  )
  if (first === undefined) return isEnd ? 'earlier' : 'later'
  if (first.pts > limitTicks && !isStart) return 'earlier'
  const limit = Math.max(limitTicks, first.pts)
  // A sample is shown no earlier than it is decoded, so once one is decoded after the limit, no later one is shown by
  // then.
  if (!isEnd && samples.at(-1)!.dts <= limit) return 'later'

  const targetIndex = findLastShown(samples, limit, seek)
  const keyIndex = targetIndex === undefined ? undefined : listStarts(samples, targetIndex).at(-1 - stepsBack)
  if (targetIndex === undefined || keyIndex === undefined) {
    if (isStart) throw new RangedExtractionError('no key frame leads to the frame')
    return 'earlier'
  }
  return samples.slice(keyIndex, targetIndex + 1)
}

function listStarts (samples: readonly FragmentSample[], targetIndex: number): number[] {
  const targetPts = samples[targetIndex]!.pts
  return samples
    .slice(0, targetIndex + 1)
    .flatMap(({ isSync, pts }, index) => (isSync && pts <= targetPts ? [index] : []))
}

function findLastShown (samples: readonly FragmentSample[], limit: number, seek: Seek): number | undefined {
  let found: number | undefined
  for (const [index, { pts, isSync }] of samples.entries()) {
    if (pts > limit || (seek === 'keyframe' && !isSync)) continue
    if (found !== undefined && pts === samples[found]!.pts) {
      throw new RangedExtractionError('two frames are shown at one time')
    }
    if (found === undefined || pts > samples[found]!.pts) found = index
  }
  return found
}

function checkOrder (samples: readonly FragmentSample[]): void {
  for (let index = 1; index < samples.length; index++) {
    // ffmpeg does not show samples of a fragment that fall into the time of the one before.
    if (samples[index]!.dts <= samples[index - 1]!.dts) throw new RangedExtractionError('fragments overlap in time')
  }
}
