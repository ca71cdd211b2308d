import { addParameterSet, readParameterSets, readSliceStart } from '../../bitstream/h264-headers.ts'
import { averageGap } from '../index-summary.ts'
import { iterateNalUnits, readLengthBytes } from '../../bitstream/nal-units.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { TrackInfo } from '../../media/track.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import { readSamples } from './read-samples.ts'
import type { SampleTable } from './sample-table.ts'

/** NAL unit types of slices (Rec. ITU-T H.264, table 7-1). */
const SLICES = new Set([1, 5])

/**
 * Returns the average duration of a field if the first sample has a single field of H.264, so that a frame is in two
 * samples, as in recordings of broadcasts that were copied into MP4; undefined if it has a frame, or its headers cannot
 * be read. Only a track that may have fields costs a read.
 *
 * @throws as the source
 */
export async function findFieldTicks (
  source: ByteReader,
  info: TrackInfo,
  table: SampleTable
): Promise<number | undefined> {
  if (info.codec !== 'h264') return undefined
  try {
    const sets = readParameterSets(info.codecConfig)
    if ([...sets.sequences.values()].every(({ isFramesOnly }) => isFramesOnly)) return undefined
    const [first] = await readSamples(source, table.locate(0, 0))
    const structures = new Set<string>()
    for (const unit of iterateNalUnits(first!, readLengthBytes(info))) {
      addParameterSet(sets, unit)
      if (SLICES.has(unit.readUInt8(0) & 0x1f)) structures.add(readSliceStart(sets, unit).structure)
    }
    // A sample with both fields is a frame.
    const isField = structures.size === 1 && !structures.has('frame')
    if (!isField) return undefined
    // Other pictures of the track may be whole frames, and clocks round the duration of a field.
    const ticks = table.times.deltaOf(0)
    return averageGap(table.times.listGaps().filter((gap) => Math.abs(gap.ticks - ticks) < ticks / 4))
  } catch (error) {
    if (error instanceof RangedExtractionError) return undefined
    throw error
  }
}
