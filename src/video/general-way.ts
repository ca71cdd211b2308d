import { stat } from 'node:fs/promises'
import { PosterframeError } from '../errors.ts'
import { resolveTimestamp } from '../thumbnails/timestamp.ts'
import { chooseRepresentative } from './auto-frame.ts'
import { PresentationClock, type FrameTime, chooseFrame, listFrameTimes, planSeek } from './choose-frame.ts'
import { type Container, detectFileContainer } from './container.ts'
import { type FrameDecoding, decodeWithFilters } from './decode-frame.ts'
import type { FfmpegInput } from './ffmpeg-arguments.ts'
import type { DecodedFrame, Ffmpeg, Listing, RunContext } from './ffmpeg.ts'
import { displaySize, isHdr, turnUpright } from './frame-facts.ts'
import { ticksToMicros } from './packet-list.ts'
import type { FrameWish, TakeFrame } from './take-frame.ts'

/** What the general way may spend. */
export interface GeneralWaySettings {
  readonly ffmpeg: Ffmpeg
  /** How many threads a decode may use now. */
  readonly countThreads: () => number
  readonly maxPixels: number
}

/**
 * The way that works for every container and codec that ffmpeg knows: the whole file is on scratch, ffmpeg lists its
 * packets once and then decodes the frame of exactly the wanted presentation time. (ffmpeg's own `-ss` gives the *next*
 * frame, and nothing near the end.)
 */
export function createGeneralWay (settings: GeneralWaySettings): TakeFrame {
  return async (source, wish, context) => await context.inSlot(async () => {
    const path = await context.steps.measure('fetch', () => source.stage())
    const { container, input, listing, facts, frames } = await context.steps.measure('index', () => openVideo(path, settings, context))
    const timeline = planTimeline(container, listing, frames)
    const upright = turnUpright(facts)
    const decoder = { ffmpeg: settings.ffmpeg, input, context, listing, facts: upright, wish, refuseDamage: false }

    return await context.steps.measure('decode', async () => {
      const target = wish.timestamp.kind === 'auto'
        ? await chooseRepresentative(frames, (candidates, filters) => decodeKeyFrames(decoder, candidates, filters))
        : chooseFrame(frames, resolveTimestamp(wish.timestamp, timeline.durationMicros, wish.beyond), wish.seek, timeline.clock)
      const { frame, packetsDecoded } = await decodeTarget(decoder, target, frames, wish)
      return {
        picture: frame.picture,
        timestampMicros: timeline.clock.toMicros(frame.facts.pts),
        isKey: target.isKey,
        source: {
          duration: timeline.durationMicros / 1e6,
          container: container.name,
          codec: listing.chosen.codec,
          ...displaySize(upright),
          rotation: facts.rotation,
          hdr: isHdr(facts)
        },
        warnings: [],
        packetsDecoded,
        way: 'general'
      }
    })
  })
}

async function openVideo (path: string, { ffmpeg, countThreads, maxPixels }: GeneralWaySettings, context: RunContext) {
  const container = await detectFileContainer(path)
  const input: FfmpegInput = { path, container, isProbed: true, threads: countThreads(), maxPixels, bytes: (await stat(path)).size }
  const listing = await ffmpeg.list(input, context)
  const [facts] = await ffmpeg.inspect(input, context, 1)
  if (facts === undefined) throw new PosterframeError('corrupt_video')
  const frames = listFrameTimes(listing.chosen.packets) ?? await ffmpeg.inspect(input, context)
  if (frames.length === 0) throw new PosterframeError('corrupt_video', { detail: 'The video track shows no frame.' })
  return { container, input, listing, facts, frames }
}

/**
 * Where the presentation begins and how long it is, over every video and audio track. Where packets carry no times, the
 * decoded frames tell, and the last one is shown as long as the one before it.
 */
function planTimeline (container: Container, { tracks, chosen }: Listing, frames: readonly FrameTime[]) {
  const isTimed = chosen.packets.every(({ pts }) => !Number.isNaN(pts))
  const [first = 0, beforeLast = first, last = beforeLast] = [frames.at(0), frames.at(-2), frames.at(-1)].map((frame) => frame?.pts)
  const timed = isTimed ? tracks : [...tracks.filter(({ kind }) => kind === 'audio'), { timeBase: chosen.timeBase, span: { start: first, end: last + (last - beforeLast) } }]
  const spans = timed.flatMap(({ span, timeBase }) => span === undefined
    ? []
    : [{ startMicros: ticksToMicros(span.start, timeBase), endMicros: ticksToMicros(span.end, timeBase) }])
  const zeroMicros = container.startsAtZero || spans.length === 0 ? 0 : Math.min(...spans.map(({ startMicros }) => startMicros))
  const endMicros = Math.max(zeroMicros, ...spans.map(({ endMicros }) => endMicros))
  return { clock: new PresentationClock(chosen.timeBase, zeroMicros), durationMicros: endMicros - zeroMicros }
}

interface Decoder extends FrameDecoding {
  readonly listing: Listing
}

async function decodeKeyFrames ({ ffmpeg, input, context, listing }: Decoder, candidates: readonly FrameTime[], filters: string) {
  const pts = candidates.map(({ pts }) => pts)
  const clock = new PresentationClock(listing.chosen.timeBase, 0)
  // What the decoder says of damage is to be of this one alone.
  const seekSeconds = pts.length === 1 ? clock.toContainerSeconds(pts[0]!) : undefined
  return await ffmpeg.decode(input, { pts, seekSeconds, keyFramesOnly: true, filters }, context)
}

/**
 * Decodes the target from the key frame before it. Where that yields nothing (a demuxer that seeks too far, a packet
 * that is only one field of its frame), the frames are listed by decoding all, and the target is chosen and decoded anew.
 */
async function decodeTarget (decoder: Decoder, target: FrameTime, frames: readonly FrameTime[], wish: FrameWish) {
  const { packets, timeBase } = decoder.listing.chosen
  const { from, packetCount } = planSeek(packets, target)
  const seekSeconds = from === undefined ? undefined : new PresentationClock(timeBase, 0).toContainerSeconds(from.pts)
  const frame = await decodeWithFilters(decoder, { pts: target.pts, seekSeconds })
  if (frame !== undefined) return { frame, packetsDecoded: packetCount }

  const decoded = await decoder.ffmpeg.inspect(decoder.input, decoder.context)
  const clock = new PresentationClock(timeBase, 0)
  const nearest = chooseFrame(decoded, clock.toMicros(target.pts), wish.seek, clock)
  const again = await decodeWithFilters(decoder, { pts: nearest.pts, seekSeconds: undefined })
  if (again === undefined || isBehindDamage(frames, target, again)) {
    throw new PosterframeError('corrupt_video', { detail: 'The frame at this timestamp cannot be decoded.', members: { timestamp: clock.toMicros(target.pts) / 1e6 } })
  }
  return { frame: again, packetsDecoded: packets.length }
}

/** Whether the frame that came is not the one before the target but an older one: those between were lost. */
function isBehindDamage (frames: readonly FrameTime[], target: FrameTime, { facts }: DecodedFrame): boolean {
  const between = frames.filter(({ pts }) => pts > facts.pts && pts <= target.pts)
  return between.length > 1
}
