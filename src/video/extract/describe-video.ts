import { listShownTimes } from './choose-frame.ts'
import { isHdr } from '../decode/frame-info.ts'
import { predictFrameInfo } from '../decode/predict-frame-info.ts'
import { describeDownload, type DownloadedVideo } from './full-download.ts'
import type { KnownVideo } from './index-cache.ts'
import { averageGap, type IndexSummary, roundToMicros, summarizeRates } from '../demux/index-summary.ts'
import { type IndexSettings, openKnownVideo } from './known-video.ts'
import type { FrameSource, ExtractContext } from './extract-frame.ts'
import { describeTrack } from './ranged-frame.ts'
import type { VideoInfo } from '../media/frame.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/**
 * Properties of a video that are known without decoding, or with one decoded frame if its container has no supported
 * index.
 */
export interface VideoDescription extends IndexSummary, Omit<VideoInfo, 'hdr'> {
  /** Null if only a decoded frame would show it. */
  readonly hdr: boolean | null
  readonly mode: 'index' | 'full'
}

/** Describes a video. Throws the 415 and 422 errors of the catalogue. */
export type DescribeVideo = (source: FrameSource, context: ExtractContext) => Promise<VideoDescription>

/** Describes a video from its index if that is reliable, else by listing the whole file. */
export function createDescribeVideo (
  settings: IndexSettings,
  openGeneral: (source: FrameSource, context: ExtractContext) => Promise<DownloadedVideo>
): DescribeVideo {
  return async (source, context) => {
    try {
      return describeIndex(await context.steps.measure('index', () => openKnownVideo(source, settings)))
    } catch (error) {
      if (!(error instanceof RangedExtractionError)) throw error
      context.note(`full download, because ${error.message}`)
    }
    return describeListing(await context.inSlot(() => openGeneral(source, context)))
  }
}

/** Codecs that are HDR only if tagged so. */
const SDR_CODECS: ReadonlySet<string> = new Set(['h264', 'vp8'])

function describeIndex ({ index: { info, summary }, frameInfo }: KnownVideo): VideoDescription {
  const upright = frameInfo ?? predictFrameInfo(info)
  const isTold = frameInfo !== undefined || info.colour !== undefined || SDR_CODECS.has(info.codec)
  return {
    ...describeTrack(info, upright),
    hdr: isTold ? isHdr(upright) : null,
    ...summary,
    mode: 'index'
  }
}

function describeListing (video: DownloadedVideo): VideoDescription {
  const [{ listing }] = video.recordings
  return {
    ...describeDownload(video),
    ...describeRates(video),
    tracks: listing.tracks.map(({ kind, codec, width, height }, place) => ({
      kind: kind === 'video' || kind === 'audio' ? kind : 'other',
      codec,
      duration: sumDurations(video, place),
      language: null,
      ...(kind === 'video' ? { width, height } : {})
    })),
    mode: 'full'
  }
}

/** Computes the rates from the times of the frames alone: other tracks may be longer, and repeats are no frames. */
function describeRates ({
  recordings,
  durationMicros
}: DownloadedVideo): Pick<IndexSummary, 'frameRate' | 'keyFrameInterval'> {
  const times = recordings.flatMap(({ frames, timeline }) => listShownTimes(frames, timeline.clock))
  const gaps = times.slice(1).map((micros, place) => ({ count: 1, ticks: micros - times[place]! }))
  const frameTicks = gaps.length === 0 ? durationMicros : averageGap(gaps)
  const keys = recordings.reduce(
    (sum, { frames }) => sum + new Set(frames.flatMap(({ pts, isKey }) => (isKey ? [pts] : []))).size,
    0
  )
  return summarizeRates({ frames: times.length, keys, frameTicks }, 1e6)
}

/** Returns the duration of a track over all recordings in seconds; null if it shows nothing. */
function sumDurations ({ recordings }: DownloadedVideo, place: number): number | null {
  const durations = recordings.flatMap(({ listing }) => {
    const { span, timeBase } = listing.tracks[place] ?? {}
    if (span === undefined || timeBase === undefined) return []
    return [((span.end - span.start) * timeBase.numerator) / timeBase.denominator]
  })
  return durations.length === 0 ? null : roundToMicros(durations.reduce((sum, duration) => sum + duration, 0))
}
