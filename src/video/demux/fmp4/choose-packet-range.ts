import type { FragmentSample } from './fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** Samples of a track, contiguous in decode order, out of neighbouring fragments. */
export interface SampleRange {
  readonly samples: readonly FragmentSample[]
  /** Whether nothing comes before them, and after them. */
  readonly isStart: boolean
  readonly isEnd: boolean
}

/** The samples that lead to the target, the target last; or on which side more of the track must be known. */
export type RunChoice = readonly FragmentSample[] | 'earlier' | 'later'

/**
 * Chooses what leads to the last sample shown no later than `limitTicks`, or to the last key frame; before the first,
 * the first. It begins with the last sync sample that is shown no later than the target and precedes it in decode
 * order, so that a leading picture of an open GOP has the GOP before it.
 *
 * @param limitTicks in ticks of the media
 * @param stepsBack how many of such sync samples earlier it begins
 * @throws RangedExtractionError where time does not go on from sample to sample, or no sync sample leads to the target
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
  // A sample is shown no earlier than it is decoded: none of those to come is shown by then once this one is decoded
  // later.
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
    // ffmpeg does not show what a fragment holds of the time of the one before it.
    if (samples[index]!.dts <= samples[index - 1]!.dts) throw new RangedExtractionError('fragments overlap in time')
  }
}
