import { PosterframeError } from '../../../errors.ts'
import type { Box, Window } from '../mp4/box.ts'
import { FullBoxReader } from './full-box-reader.ts'
import type { TrackDefaults } from './track-defaults.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const DATA_OFFSET = 0x1
const FIRST_SAMPLE_FLAGS = 0x4
const SAMPLE_DURATION = 0x100
const SAMPLE_SIZE = 0x200
const SAMPLE_FLAGS = 0x400
const SAMPLE_CTS = 0x800
const KNOWN_FLAGS = DATA_OFFSET | FIRST_SAMPLE_FLAGS | SAMPLE_DURATION | SAMPLE_SIZE | SAMPLE_FLAGS | SAMPLE_CTS

/**
 * Limit of the samples of a `trun` that all take their values from defaults. They need no bytes, so that a tiny file
 * could declare any number of them.
 */
const MAX_DEFAULTED_SAMPLES = 10_000
/** Limit of the samples of one track that have no size at all. */
const MAX_EMPTY_SAMPLES = 1_000_000

/** A track run, the `trun` box (ISO/IEC 14496-12, section 8.8.8): contiguous samples of a track. */
export interface TrackRun {
  readonly sampleCount: number
  readonly dataOffset: number | undefined
  /** Iterates over the samples. The yielded object is the same each time. */
  rows(): Generator<Readonly<SampleRow>>
  /** True if every sample takes all its values from the defaults, so that no row needs to be read. */
  readonly isUniform: boolean
}

/** The values of one sample of a track run. */
export interface SampleRow {
  durationTicks: number
  sampleBytes: number
  flags: number
  /** Presentation time minus decode time, in ticks. */
  shiftTicks: number
}

/**
 * Reads the head of a `trun`, and checks its sample count against the bytes that are there. Allocates nothing by that
 * count.
 *
 * @param fileBytes size of the file, which contains every sample
 * @throws PosterframeError `video_limits_exceeded` for more samples than there can be
 * @throws RangedExtractionError if the box is truncated or has unknown flags
 */
export function readTrackRun (window: Window, box: Box, defaults: TrackDefaults, fileBytes: number): TrackRun {
  const reader = new FullBoxReader(window, box)
  const { flags } = reader
  if ((flags & ~KNOWN_FLAGS) !== 0 || reader.version > 1) {
    throw new RangedExtractionError('the box trun has unknown flags')
  }
  const sampleCount = reader.readUint32()
  const dataOffset = reader.readOptionalUint32(DATA_OFFSET)
  const firstFlags = reader.readOptionalUint32(FIRST_SAMPLE_FLAGS)
  const fields = [SAMPLE_DURATION, SAMPLE_SIZE, SAMPLE_FLAGS, SAMPLE_CTS].filter((field) => reader.has(field)).length
  assertSampleCount(sampleCount, {
    rowBytes: fields * 4,
    tableBytes: reader.remainingBytes,
    isSized: reader.has(SAMPLE_SIZE),
    sampleBytes: defaults.sampleBytes,
    fileBytes
  })
  const { data } = window
  const rowsStart = reader.position

  return {
    sampleCount,
    dataOffset: dataOffset === undefined ? undefined : dataOffset | 0,
    isUniform: fields === 0,
    * rows () {
      const row = { durationTicks: 0, sampleBytes: 0, flags: 0, shiftTicks: 0 }
      let at = rowsStart
      for (let index = 0; index < sampleCount; index++) {
        row.durationTicks = (flags & SAMPLE_DURATION) !== 0 ? data.readUInt32BE((at += 4) - 4) : defaults.durationTicks
        row.sampleBytes = (flags & SAMPLE_SIZE) !== 0 ? data.readUInt32BE((at += 4) - 4) : defaults.sampleBytes
        row.flags = (flags & SAMPLE_FLAGS) !== 0 ? data.readUInt32BE((at += 4) - 4) : defaults.flags
        if (index === 0 && firstFlags !== undefined && (flags & SAMPLE_FLAGS) === 0) row.flags = firstFlags
        // Version 0 has unsigned shifts. ffmpeg, like most writers, treats them as signed in either version.
        row.shiftTicks = (flags & SAMPLE_CTS) !== 0 ? data.readInt32BE((at += 4) - 4) : 0
        yield row
      }
    }
  }
}

/**
 * Checks that the samples of a track run may be listed one by one, as those of the wanted track are.
 *
 * @throws PosterframeError `video_limits_exceeded`
 */
export function assertExpandable ({ isUniform, sampleCount }: TrackRun): void {
  if (isUniform && sampleCount > MAX_DEFAULTED_SAMPLES) throw tooManySamplesError(sampleCount)
}

interface SampleBounds {
  readonly rowBytes: number
  readonly tableBytes: number
  readonly isSized: boolean
  readonly sampleBytes: number
  readonly fileBytes: number
}

function assertSampleCount (
  sampleCount: number,
  { rowBytes, tableBytes, isSized, sampleBytes, fileBytes }: SampleBounds
): void {
  const isTooMany =
    sampleCount * rowBytes > tableBytes ||
    (!isSized && sampleCount * sampleBytes > fileBytes) ||
    (!isSized && sampleBytes === 0 && sampleCount > MAX_EMPTY_SAMPLES)
  if (isTooMany) throw tooManySamplesError(sampleCount)
}

function tooManySamplesError (sampleCount: number): PosterframeError {
  return new PosterframeError('video_limits_exceeded', {
    detail: `A fragment of the video declares ${sampleCount} samples, more than it can contain. Remux the video.`
  })
}
