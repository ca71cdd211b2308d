import { averageRate, type IndexSummary } from '../index-summary.ts'
import type { MatroskaHead } from './matroska-head.ts'
import type { MatroskaTrack } from './matroska-track.ts'

/** Codecs by their ids. An id that is not listed is used as the name. */
const CODECS: Readonly<Record<string, string>> = {
  'V_MPEG4/ISO/AVC': 'h264',
  'V_MPEGH/ISO/HEVC': 'hevc',
  V_VP8: 'vp8',
  V_VP9: 'vp9',
  V_AV1: 'av1',
  A_AAC: 'aac',
  A_OPUS: 'opus',
  A_VORBIS: 'vorbis',
  A_FLAC: 'flac',
  A_AC3: 'ac3',
  A_EAC3: 'eac3',
  'A_MPEG/L3': 'mp3',
  'A_PCM/INT/LIT': 'pcm'
}

/**
 * Summarizes the head of a Matroska file. Cues need not list each key frame, so the distance of these is not known.
 *
 * @param chosen the number of the track that is shown
 */
export function summarizeMatroska ({ tracks }: MatroskaHead, chosen: number): IndexSummary {
  const frameNs = tracks.find(({ number }) => number === chosen)?.defaultDurationNs ?? 0
  return {
    frameRate: averageRate(1, frameNs, 1e9).perSecond,
    keyFrameInterval: null,
    tracks: tracks.map(summarizeTrack)
  }
}

function summarizeTrack ({
  kind,
  codecId,
  language,
  video,
  samplingHz,
  channels
}: MatroskaTrack): IndexSummary['tracks'][number] {
  const summary = {
    kind,
    codec: CODECS[codecId] ?? codecId,
    duration: null,
    language: language === 'und' ? null : language
  }
  if (kind === 'audio') return { ...summary, sampleRate: samplingHz, channels }
  return kind === 'video' && video !== undefined ? { ...summary, width: video.width, height: video.height } : summary
}
