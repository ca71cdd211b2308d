import type { TrackDefaults } from './track-defaults.ts'

/** One sample of the wanted track; times in ticks of its media, without edits. */
export interface FragmentSample {
  readonly dts: number
  readonly pts: number
  readonly durationTicks: number
  /** Offset in the file. */
  readonly start: number
  /** In bytes. */
  readonly size: number
  readonly isSync: boolean
}

/** A movie fragment: a parsed `moof` box (ISO/IEC 14496-12, section 8.8.4). */
export interface Fragment {
  readonly start: number
  /** Offset to look for the next one at: past the `moof`, and past the box after it if its header was read. */
  readonly next: number
  /** Samples of the wanted track, in decode order; empty if the fragment has none. */
  readonly samples: readonly FragmentSample[]
  /** End of decoding of each track up to and including this fragment, in ticks of its media. */
  readonly decodeEnds: ReadonlyMap<number, number>
  /** End of presentation of each track that has samples here, in ticks of its media. */
  readonly presentedEnds: ReadonlyMap<number, number>
}

/** The movie that a fragment belongs to, as far as parsing the fragment needs it. */
export interface FragmentContext {
  readonly wantedTrackId: number
  readonly defaults: ReadonlyMap<number, TrackDefaults>
  /** Size of the file. */
  readonly fileBytes: number
}

/** Approximate memory of a sample. */
const BYTES_PER_SAMPLE = 112
const BYTES_PER_FRAGMENT = 512

/** Returns the approximate memory of a fragment, in bytes. */
export function countFragmentMemory (fragment: Fragment): number {
  return BYTES_PER_FRAGMENT + fragment.samples.length * BYTES_PER_SAMPLE
}
