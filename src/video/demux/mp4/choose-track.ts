import { PosterframeError } from '../../../errors.ts'
import { NON_PICTURE_HANDLERS } from './find-movie.ts'
import type { Movie } from './movie.ts'
import type { Track } from './track.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Sample entries that ffmpeg treats as pictures in a track of any kind. */
const PICTURE_ENTRIES = new Set([
  'avc1',
  'avc3',
  'hvc1',
  'hev1',
  'vp08',
  'vp09',
  'av01',
  'encv',
  'mp4v',
  'jpeg',
  'mjpa',
  'mjpb',
  'png ',
  'raw '
])

/**
 * Chooses the video track that is shown: the one with samples; of several the largest, where an enabled one counts 5
 * million pixels more (the choice of ffmpeg). A track whose edits show nothing counts only if there is no other.
 *
 * @throws PosterframeError `no_video_track`
 * @throws RangedExtractionError if the choice is ambiguous, or a track of another kind may also contain pictures
 */
export function chooseTrack ({ tracks, extension }: Movie): Track {
  const uncertain = tracks.find(
    (track) => track.handler !== 'vide' && (!NON_PICTURE_HANDLERS.has(track.handler) || hasPictureEntry(track))
  )
  if (uncertain !== undefined) {
    throw new RangedExtractionError(`a track of type ${JSON.stringify(uncertain.handler)} may contain pictures`)
  }
  const videos = tracks.filter(({ handler }) => handler === 'vide')
  if (videos.length === 0) throw new PosterframeError('no_video_track')
  const filled = extension === undefined ? videos.filter(hasSamples) : videos
  const shown = filled.filter(showsFrames)
  const [best, second] = (shown.length > 0 ? shown : filled)
    .map((track) => ({ track, score: scoreTrack(track) }))
    .sort((one, other) => other.score - one.score)
  if (best === undefined) throw new RangedExtractionError('the video track is empty')
  if (second === undefined) return best.track
  if (extension !== undefined || second.score === best.score) {
    throw new RangedExtractionError('there are several video tracks')
  }
  if (tracks.some(({ boxes }) => boxes.list('chap').length > 0)) {
    throw new RangedExtractionError('a video track may contain chapter images')
  }
  return best.track
}

const ENABLED_SCORE = 5_000_000

function scoreTrack ({ boxes, isEnabled }: Track): number {
  const stsd = boxes.findStart('stsd')
  const pixels = stsd === undefined || stsd.length < 44 ? 0 : stsd.readUInt16BE(40) * stsd.readUInt16BE(42)
  return pixels + (isEnabled ? ENABLED_SCORE : 0)
}

function hasSamples ({ boxes }: Track): boolean {
  const sizes = boxes.findStart('stsz') ?? boxes.findStart('stz2')
  return sizes === undefined || sizes.length < 12 || sizes.readUInt32BE(8) > 0
}

/** Returns whether the edits of a track present any of it. In a fragmented file, an edit may have no duration yet. */
export function showsFrames ({ edits }: Pick<Track, 'edits'>): boolean {
  return edits.length === 0 || edits.some(({ mediaTicks, durationTicks }) => mediaTicks >= 0 && durationTicks > 0)
}

function hasPictureEntry ({ boxes }: Track): boolean {
  const stsd = boxes.findStart('stsd')
  return stsd !== undefined && stsd.length >= 16 && PICTURE_ENTRIES.has(stsd.toString('latin1', 12, 16))
}
