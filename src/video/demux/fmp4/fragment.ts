import type { TrackDefaults } from './track-defaults.ts'

/** One sample of the chosen track; times are in ticks of its media, before edits. */
export interface FragmentSample {
  readonly dts: number
  readonly pts: number
  readonly durationTicks: number
  /** Offset in the file, and size. */
  readonly start: number
  readonly bytes: number
  readonly isSync: boolean
}

/** A parsed movie fragment, a `moof` box (ISO/IEC 14496-12, section 8.8.4). */
export interface Fragment {
  readonly start: number
  /**
   * Offset at which to look for the next fragment: behind the `moof`, and behind the box after it if its header was
   * read.
   */
  readonly next: number
  /** Samples of the chosen track, in decode order; empty if the fragment has none. */
  readonly samples: readonly FragmentSample[]
  /** Decode time at which each track continues, in ticks of its media, from the fragments up to here. */
  readonly decodeEnds: ReadonlyMap<number, number>
  /** End of the presentation of each track with samples in this fragment, in ticks of its media. */
  readonly presentedEnds: ReadonlyMap<number, number>
}

/** Properties of the movie that reading a fragment needs. */
export interface FragmentContext {
  readonly wantedTrackId: number
  readonly defaults: ReadonlyMap<number, TrackDefaults>
  /** Size of the file. */
  readonly fileBytes: number
}

/** Approximate memory per sample, in bytes. */
const BYTES_PER_SAMPLE = 112
const BYTES_PER_FRAGMENT = 512

/** Returns the approximate memory of a fragment, in bytes. */
export function countFragmentMemory (fragment: Fragment): number {
  return BYTES_PER_FRAGMENT + fragment.samples.length * BYTES_PER_SAMPLE
}
