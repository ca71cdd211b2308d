import { displaySize, isHdr } from './frame-facts.ts'
import { foretellFacts } from './foretell-facts.ts'
import type { GeneralVideo } from './general-video.ts'
import type { KnownVideo } from './index-cache.ts'
import { averageRate, type IndexSummary, roundToMicros } from './index-summary.ts'
import { type IndexSettings, openKnownVideo } from './known-video.ts'
import type { FrameSource, TakeContext } from './take-frame.ts'
import { NotPlainError } from './video-index.ts'

/** What is known of a video without any of its pictures, or with one where its container has no index. */
export interface VideoDescription extends IndexSummary {
  /** Seconds; null where nobody wrote it. */
  readonly duration: number | null
  readonly container: string
  readonly codec: string
  /** Display size in pixels: after rotation and pixel aspect. */
  readonly width: number
  readonly height: number
  /** Degrees clockwise that the coded picture is turned to stand upright: 0, 90, 180 or 270. */
  readonly rotation: number
  /** Null where only the pictures would tell. */
  readonly hdr: boolean | null
  readonly way: 'index' | 'general'
}

/** Says what a video is. Throws the catalogue's 415 and 422 errors. */
export type DescribeVideo = (source: FrameSource, context: TakeContext) => Promise<VideoDescription>

/** By the index alone where there is one that is known to be right, else by listing the whole file. */
export function createDescribeVideo (settings: IndexSettings, openGeneral: (source: FrameSource, context: TakeContext) => Promise<GeneralVideo>): DescribeVideo {
  return async (source, context) => {
    try {
      return describeIndex(await context.steps.measure('index', () => openKnownVideo(source, settings)))
    } catch (error) {
      if (!(error instanceof NotPlainError)) throw error
      context.note(`the general way, since ${error.message}`)
    }
    return describeListing(await context.inSlot(() => openGeneral(source, context)))
  }
}

/** Codecs that are used for HDR only where somebody says so. */
const SDR_CODECS: ReadonlySet<string> = new Set(['h264', 'vp8'])

function describeIndex ({ index: { facts, summary }, frameFacts }: KnownVideo): VideoDescription {
  const upright = frameFacts ?? foretellFacts(facts)
  const isTold = frameFacts !== undefined || facts.colour !== undefined || SDR_CODECS.has(facts.codec)
  return {
    duration: facts.durationMicros === null ? null : facts.durationMicros / 1e6,
    container: facts.container,
    codec: facts.codec,
    ...displaySize(upright),
    rotation: upright.rotation,
    hdr: isTold ? isHdr(upright) : null,
    ...summary,
    way: 'index'
  }
}

function describeListing ({ container, listing, upright, frames, timeline: { durationMicros } }: GeneralVideo): VideoDescription {
  const keys = frames.filter(({ isKey }) => isKey).length
  return {
    duration: durationMicros / 1e6,
    container: container.name,
    codec: listing.chosen.codec,
    ...displaySize(upright),
    rotation: upright.rotation,
    hdr: isHdr(upright),
    frameRate: averageRate(frames.length, durationMicros, 1e6).perSecond,
    keyFrameInterval: averageRate(keys, durationMicros, 1e6).apart,
    tracks: listing.tracks.map(({ kind, codec, width, height, span, timeBase }) => ({
      kind: kind === 'video' || kind === 'audio' ? kind : 'other',
      codec,
      duration: span === undefined ? null : roundToMicros((span.end - span.start) * timeBase.numerator / timeBase.denominator),
      language: null,
      ...kind === 'video' ? { width, height } : {}
    })),
    way: 'general'
  }
}
