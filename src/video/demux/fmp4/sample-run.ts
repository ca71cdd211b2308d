import { PosterframeError } from '../../../errors.ts'
import type { Box, Window } from '../mp4/box.ts'
import type { TrackDefaults } from './track-defaults.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const DATA_OFFSET = 0x1
const FIRST_SAMPLE_FLAGS = 0x4
const SAMPLE_DURATION = 0x100
const SAMPLE_SIZE = 0x200
const SAMPLE_FLAGS = 0x400
const SAMPLE_CTS = 0x800
const KNOWN_FLAGS = DATA_OFFSET | FIRST_SAMPLE_FLAGS | SAMPLE_DURATION | SAMPLE_SIZE | SAMPLE_FLAGS | SAMPLE_CTS

/** A `trun` whose samples take all values from defaults needs no bytes for them; more than this many are a bomb. */
const MAX_DEFAULTED_SAMPLES = 10_000
/** Maximum number of samples without a size. */
const MAX_EMPTY_SAMPLES = 1_000_000

/** A `trun` box (ISO/IEC 14496-12, section 8.8.8): the position of its rows, and the values that all samples share. */
export interface SampleRun {
  readonly sampleCount: number
  readonly dataOffset: number | undefined
  /** Iterates over the rows. Reuses `row`, the same object each time. */
  rows(): Generator<Readonly<SampleRow>>
  /** Whether every sample takes all values from the defaults, so that there is no row to read. */
  readonly isUniform: boolean
}

/** Values of one sample. */
export interface SampleRow {
  durationTicks: number
  sampleBytes: number
  flags: number
  /** Presentation time minus decode time, in ticks. */
  shiftTicks: number
}

/**
 * Reads the header of a `trun` and checks its count against the size of the box. Allocates nothing by the count.
 *
 * @param fileBytes size of the file, which contains every sample
 * @throws PosterframeError `video_limits_exceeded` for an impossible number of samples
 * @throws RangedExtractionError if the box is cut short or has unknown flags
 */
export function readSampleRun (
  { offset, data }: Window,
  box: Box,
  defaults: TrackDefaults,
  fileBytes: number
): SampleRun {
  let at = box.bodyStart - offset
  const end = box.end - offset
  const take = (): number => {
    if (at + 4 > end) throw new RangedExtractionError('a trun box is cut short')
    at += 4
    return data.readUInt32BE(at - 4)
  }
  const head = take()
  const version = head >>> 24
  const flags = head & 0xffffff
  if ((flags & ~KNOWN_FLAGS) !== 0 || version > 1) throw new RangedExtractionError('a trun box has unknown flags')
  const sampleCount = take()
  const dataOffset = (flags & DATA_OFFSET) !== 0 ? take() | 0 : undefined
  const firstFlags = (flags & FIRST_SAMPLE_FLAGS) !== 0 ? take() : undefined
  const fields = [SAMPLE_DURATION, SAMPLE_SIZE, SAMPLE_FLAGS, SAMPLE_CTS].filter(
    (field) => (flags & field) !== 0
  ).length
  checkCount(sampleCount, {
    rowBytes: fields * 4,
    tableBytes: end - at,
    isSized: (flags & SAMPLE_SIZE) !== 0,
    sampleBytes: defaults.sampleBytes,
    fileBytes
  })
  const rowsStart = at

  return {
    sampleCount,
    dataOffset,
    isUniform: fields === 0,
    * rows () {
      const row = { durationTicks: 0, sampleBytes: 0, flags: 0, shiftTicks: 0 }
      let at = rowsStart
      for (let index = 0; index < sampleCount; index++) {
        row.durationTicks = (flags & SAMPLE_DURATION) !== 0 ? data.readUInt32BE((at += 4) - 4) : defaults.durationTicks
        row.sampleBytes = (flags & SAMPLE_SIZE) !== 0 ? data.readUInt32BE((at += 4) - 4) : defaults.sampleBytes
        row.flags = (flags & SAMPLE_FLAGS) !== 0 ? data.readUInt32BE((at += 4) - 4) : defaults.flags
        if (index === 0 && firstFlags !== undefined && (flags & SAMPLE_FLAGS) === 0) row.flags = firstFlags
        // Version 0 has unsigned offsets; ffmpeg, like most writers, treats them as signed in both versions.
        row.shiftTicks = (flags & SAMPLE_CTS) !== 0 ? data.readInt32BE((at += 4) - 4) : 0
        yield row
      }
    }
  }
}

/**
 * Checks the number of samples of one `trun` that may be expanded for the chosen track.
 *
 * @throws PosterframeError `video_limits_exceeded`
 */
export function checkExpandable ({ isUniform, sampleCount }: SampleRun): void {
  if (isUniform && sampleCount > MAX_DEFAULTED_SAMPLES) throw refuse()
}

interface Claim {
  readonly rowBytes: number
  readonly tableBytes: number
  readonly isSized: boolean
  readonly sampleBytes: number
  readonly fileBytes: number
}

function checkCount (sampleCount: number, { rowBytes, tableBytes, isSized, sampleBytes, fileBytes }: Claim): void {
  if (sampleCount * rowBytes > tableBytes) throw refuse()
  if (!isSized && sampleCount * sampleBytes > fileBytes) throw refuse()
  if (!isSized && sampleBytes === 0 && sampleCount > MAX_EMPTY_SAMPLES) throw refuse()
}

function refuse (): PosterframeError {
  return new PosterframeError('video_limits_exceeded', {
    detail: 'The video declares more samples than its size allows.'
  })
}
