import { DecodeTimes } from '../mp4/decode-times.ts'
import type { Movie } from '../mp4/movie.ts'
import { SampleTable } from '../mp4/sample-table.ts'
import type { Track } from '../mp4/track.ts'
import type { Fragment, FragmentSample } from './fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** A `moov` box by where it lies. */
export interface MoviePlace {
  readonly start: number
  readonly end: number
}

/**
 * The samples that a movie box lists itself before its fragments go on, as if they were a fragment: muxers that write
 * the first one into the movie box leave such files.
 *
 * @param wanted the track whose samples are wanted
 * @param source what the samples must lie in
 * @returns undefined where the movie box lists none, as in most fragmented files
 * @throws RangedExtractionError where a track with such samples has edits, which ffmpeg applies to these alone, and
 * as `SampleTable`
 */
export function readOwnSamples (
  movie: Movie,
  wanted: Track,
  moov: MoviePlace,
  source: ByteReader
): Fragment | undefined {
  const tracks = movie.tracks.filter(
    (track) => (track.handler === 'vide' || track.handler === 'soun') && hasOwnSamples(track)
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

function hasOwnSamples ({ boxes }: Track): boolean {
  return ['stsz', 'stz2'].some((type) => {
    const sizes = boxes.find(type, 12)
    return sizes !== undefined && sizes.readUInt32BE(8) > 0
  })
}

function listSamples ({ boxes }: Track, source: ByteReader): FragmentSample[] {
  const table = new SampleTable(boxes, source.size)
  if (table.minOffset < 0) throw new RangedExtractionError('a frame is shown before it is decoded')
  const places = table.locate(0, table.samples - 1)
  return places.map(({ start, size }, sample) => {
    if (size === 0 || start + size > source.size) {
      throw new RangedExtractionError('a packet is empty or lies outside of the file')
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
