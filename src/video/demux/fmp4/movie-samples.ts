import type { ByteRange } from '../../../store/object-store.ts'
import { DecodeTimes } from '../mp4/decode-times.ts'
import type { Movie } from '../mp4/movie.ts'
import { SampleTable } from '../mp4/sample-table.ts'
import type { Track } from '../mp4/track.ts'
import type { Fragment, FragmentSample } from './fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/**
 * Reads the samples that the movie box itself lists, as if they were the first fragment: some muxers write the first
 * fragment into the movie box.
 *
 * @param wanted the track whose samples are wanted
 * @param source contains the samples
 * @returns undefined if the movie box lists no samples, as in most fragmented files
 * @throws RangedExtractionError if a track with such samples has edits, which ffmpeg would apply to these samples
 * alone, and as `SampleTable`
 */
export function readMovieSamples (
  movie: Movie,
  wanted: Track,
  moov: ByteRange,
  source: ByteReader
): Fragment | undefined {
  const tracks = movie.tracks.filter(
    (track) => (track.handler === 'vide' || track.handler === 'soun') && hasSamples(track)
  )
  if (tracks.length === 0) return undefined
  if (tracks.some(({ edits }) => edits.length > 0)) {
    throw new RangedExtractionError('there are edits over samples in the movie box')
  }
  const ends = new Map(tracks.map(({ id, boxes }) => [id, new DecodeTimes(boxes.require('stts')).totalTicks]))
  const samples = tracks.includes(wanted) ? listSamples(wanted, source) : []
  const presentedEnd = samples.reduce((end, { pts, durationTicks }) => Math.max(end, pts + durationTicks), 0)
  const presentedEnds = samples.length === 0 ? ends : new Map([...ends, [wanted.id, presentedEnd]])
  return { start: moov.start, next: moov.end, samples, decodeEnds: ends, presentedEnds }
}

function hasSamples ({ boxes }: Track): boolean {
  return ['stsz', 'stz2'].some((type) => {
    const sizes = boxes.find(type, 12)
    return sizes !== undefined && sizes.readUInt32BE(8) > 0
  })
}

function listSamples ({ boxes }: Track, source: ByteReader): FragmentSample[] {
  const table = new SampleTable(boxes, source.size)
  if (table.minOffset < 0) throw new RangedExtractionError('a frame is shown before it is decoded')
  const locations = table.locate(0, table.samples - 1)
  return locations.map(({ start, size }, sample) => {
    if (size === 0 || start + size > source.size) {
      throw new RangedExtractionError('a packet is empty or outside of the file')
    }
    const isSync = table.sync.sampleAt(Math.max(0, table.sync.findRank(sample))) === sample
    return {
      dts: table.times.timeOf(sample),
      pts: table.ptsOf(sample),
      durationTicks: table.times.deltaOf(sample),
      start,
      size,
      isSync
    }
  })
}
