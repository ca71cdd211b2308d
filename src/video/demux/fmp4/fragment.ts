import type { TrackDefaults } from './track-defaults.ts'

/** One sample of the wanted track; times in ticks of its media, no edit applied. */
export interface FragmentSample {
  readonly dts: number
  readonly pts: number
  readonly durationTicks: number
  /** Offset in the file, and size. */
  readonly start: number
  readonly size: number
  readonly isSync: boolean
}

/** One movie fragment: a `moof` box, read (ISO/IEC 14496-12, section 8.8.4). */
export interface Fragment {
  readonly start: number
  /** Where the next one is looked for: past the `moof`, and past the box after it where its header was seen. */
  readonly next: number
  /** Of the wanted track, in decode order; empty where the fragment has none. */
  readonly samples: readonly FragmentSample[]
  /** Where decoding of each track goes on, in ticks of its media, by what was seen up to here. */
  readonly decodeEnds: ReadonlyMap<number, number>
  /** Where the presentation of each track that has samples here ends, in ticks of its media. */
  readonly presentedEnds: ReadonlyMap<number, number>
}

/** What reading a fragment needs to know of its movie. */
export interface FragmentContext {
  readonly wantedTrackId: number
  readonly defaults: ReadonlyMap<number, TrackDefaults>
  /** Size of the file. */
  readonly fileBytes: number
}

/** Bytes that a sample takes in memory, about. */
const BYTES_PER_SAMPLE = 112
const BYTES_PER_FRAGMENT = 512

/** What a fragment takes in memory, about. */
export function countFragmentMemory (fragment: Fragment): number {
  return BYTES_PER_FRAGMENT + fragment.samples.length * BYTES_PER_SAMPLE
}
