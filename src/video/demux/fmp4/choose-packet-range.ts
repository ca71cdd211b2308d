import type { FragmentSample } from './fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** Samples of a track, contiguous in decode order, from neighbouring fragments. */
export interface KnownSamples {
  readonly samples: readonly FragmentSample[]
  /** True if they begin with the first sample of the track, and end with the last one. */
  readonly isStart: boolean
  readonly isEnd: boolean
}

/** The samples that lead to the target, the target last; or the side on which more samples have to be read. */
export type PacketRangeChoice = readonly FragmentSample[] | 'earlier' | 'later'

/**
 * Chooses the samples that lead to the last sample shown no later than `limitTicks`, or to the last key frame; if
 * there is none, to the first one. They begin with the last sync sample that precedes the target in decode order and
 * is shown no later, so that a leading picture of an open GOP has the GOP before it.
 *
 * @param limitTicks in ticks of the media
 * @param stepsBack how many such sync samples earlier the samples begin
 * @throws RangedExtractionError if decode times do not ascend, or no sync sample leads to the target
 */
export function choosePacketRange (
  { samples, isStart, isEnd }: KnownSamples,
  limitTicks: number,
  seek: Seek,
  stepsBack = 0
): PacketRangeChoice {
  assertOrder(samples)
  const first = samples.reduce<FragmentSample | undefined>(
    (earliest, sample) => (earliest === undefined || sample.pts < earliest.pts ? sample : earliest),
    undefined
  )
  if (first === undefined) return isEnd ? 'earlier' : 'later'
  if (first.pts > limitTicks && !isStart) return 'earlier'
  const limit = Math.max(limitTicks, first.pts)
  // A sample is shown no earlier than it is decoded. Once the last known one is decoded after the limit, no later one
  // is shown by then.
  if (!isEnd && samples.at(-1)!.dts <= limit) return 'later'

  const targetIndex = findLastShown(samples, limit, seek)
  const startIndex = targetIndex === undefined ? undefined : listStarts(samples, targetIndex).at(-1 - stepsBack)
  if (targetIndex === undefined || startIndex === undefined) {
    if (isStart) throw new RangedExtractionError('no key frame leads to the frame')
    return 'earlier'
  }
  return samples.slice(startIndex, targetIndex + 1)
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
      throw new RangedExtractionError('two frames have the same presentation time')
    }
    if (found === undefined || pts > samples[found]!.pts) found = index
  }
  return found
}

function assertOrder (samples: readonly FragmentSample[]): void {
  for (let index = 1; index < samples.length; index++) {
    // ffmpeg does not show samples of a fragment that overlap the fragment before it.
    if (samples[index]!.dts <= samples[index - 1]!.dts) throw new RangedExtractionError('fragments overlap in time')
  }
}
