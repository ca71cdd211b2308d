import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isPosterframeError, type PosterframeError } from '../errors.ts'
import { describeClipFrame, resolveMoment, toMicros } from './clip-frame.ts'
import { chooseRun, type ClipWaySettings, planClipInput } from './clip-way.ts'
import { writeClip } from './clip/write-clip.ts'
import { writeCube } from './colour/colour-cube.ts'
import type { DecodedFrame } from './ffmpeg.ts'
import { planFrameFilters } from './filters.ts'
import { foretellFacts } from './foretell-facts.ts'
import { displaySize, type FrameFacts } from './frame-facts.ts'
import type { KnownVideo } from './index-cache.ts'
import { openDecodableVideo } from './known-video.ts'
import { planScaledSize } from './scaled-size.ts'
import type { FrameSource, FrameWish, TakeContext } from './take-frame.ts'
import type { Deliver, TakeFramesTogether } from './take-frames.ts'
import { type Found, planTogether, type Sought, type TogetherPlan } from './plan-together.ts'
import { type Moment, NotPlainError, type PacketRun } from './video-index.ts'

/** So many pixels come out of one decoding, about; some 100 MB in memory. */
const MAX_PIXELS_AT_ONCE = 32e6

/**
 * The fast way for several frames: their packets are read by one plan, put into one clip and decoded in one go. Whatever a decoder finds
 * odd about it makes those frames be taken alone, where it is known which one it is about.
 */
export function createClipFrames (settings: ClipWaySettings): TakeFramesTogether {
  return async (source, wishes, context, deliver) => {
    const video = await context.steps.measure('index', () => openDecodableVideo(source, settings))
    const sought = await seek(source, video, wishes, context, deliver)
    return await takeGroup(source, video, sought, context, deliver)
  }

  async function seek (source: FrameSource, video: KnownVideo, wishes: readonly FrameWish[], context: TakeContext, deliver: Deliver): Promise<Sought[]> {
    let chosen: Moment | undefined
    const sought: Sought[] = []
    const refused = new Map<number, PosterframeError>()
    for (const [place, wish] of wishes.entries()) {
      try {
        if (wish.timestamp.kind === 'auto') chosen ??= { atMicros: toMicros(await chooseRun(source, video, settings, context), video.index.facts), seek: 'keyframe' }
        sought.push({ place, wish, moment: wish.timestamp.kind === 'auto' ? chosen! : resolveMoment(wish, video.index.facts) })
      } catch (error) {
        if (!isPosterframeError(error, 'timestamp_out_of_range')) throw error
        refused.set(place, error)
      }
    }
    // Not before it is clear that there is no doubt about all of them.
    for (const [place, error] of refused) await deliver(place, error)
    return sought
  }

  /** What is too much at once is taken in halves. */
  async function takeGroup (source: FrameSource, video: KnownVideo, group: readonly Sought[], context: TakeContext, deliver: Deliver): Promise<number[]> {
    const runs = await context.steps.measure('fetch', () => readRuns(source, video, group))
    if (Array.isArray(runs)) return await decodeInParts(video, group.map((sought, place) => ({ ...sought, run: runs[place]! })), context, deliver)
    const middle = Math.ceil(group.length / 2)
    if (group.length > 1) return [...await takeGroup(source, video, group.slice(0, middle), context, deliver), ...await takeGroup(source, video, group.slice(middle), context, deliver)]
    if (isPosterframeError(runs)) await deliver(group[0]!.place, runs)
    return isPosterframeError(runs) ? [] : group.map(({ place }) => place)
  }

  async function readRuns (source: FrameSource, { index }: KnownVideo, group: readonly Sought[]): Promise<PacketRun[] | PosterframeError | NotPlainError> {
    try {
      return await index.readRuns(source.bytes, group.map(({ moment }) => moment))
    } catch (error) {
      if (error instanceof NotPlainError || isPosterframeError(error, 'video_limits_exceeded')) return error
      throw error
    }
  }

  async function decodeInParts (video: KnownVideo, found: readonly Found[], context: TakeContext, deliver: Deliver): Promise<number[]> {
    const left: number[] = []
    for (const part of splitByPixels(found, video)) left.push(...await decodePart(video, part, context, deliver))
    return left
  }

  /** By what is foretold of the frames, and where they turn out to be otherwise, once more by what the first of them is. */
  async function decodePart (video: KnownVideo, part: readonly Found[], context: TakeContext, deliver: Deliver): Promise<number[]> {
    const others: Found[] = []
    const left: number[] = []
    const wasKnown = video.frameFacts !== undefined
    for (const { found, frame, isPlanned, packetsDecoded } of await decodeTogether(video, part, context)) {
      if (frame === undefined) left.push(found.place)
      else if (!isPlanned) others.push(found)
      else await deliver(found.place, describeClipFrame(frame, found.run, packetsDecoded, video.index.facts))
    }
    if (others.length === 0) return left
    return [...left, ...wasKnown ? others.map(({ place }) => place) : await decodePart(video, others, context, deliver)]
  }

  async function decodeTogether (video: KnownVideo, part: readonly Found[], context: TakeContext): Promise<Outcome[]> {
    const facts = foretell(video)
    const plan = planTogether(video.index.facts, part, ({ wish }) => planFrameFilters(facts, wish, settings.ffmpeg.missing))
    const decoded = plan && await context.steps.measure('decode', () => context.inSlot(() => decodeClip(video, plan, context)))
    return part.map((found) => {
      const seen = decoded?.find(found)
      const frame = seen && { ...seen, facts: { ...seen.facts, rotation: facts.rotation } }
      if (frame !== undefined) video.frameFacts ??= frame.facts
      const isPlanned = frame !== undefined && planFrameFilters(frame.facts, found.wish, settings.ffmpeg.missing).filters === planFrameFilters(facts, found.wish, settings.ffmpeg.missing).filters
      return { found, frame, isPlanned, packetsDecoded: plan?.countPackets(found) ?? 0 }
    })
  }

  /** Undefined where the frames are better taken alone: then it is known which of them is damaged. */
  async function decodeClip (video: KnownVideo, { run, branches, conversions, branchOf }: TogetherPlan, context: TakeContext) {
    const path = join(context.directory, 'together.mp4')
    try {
      const { clipTimes, ...clip } = await writeClip(path, video.index.facts, run)
      for (const conversion of conversions) await writeCube(context.directory, conversion)
      const plan = { branches: branches.map(({ filters, pts }) => ({ filters, pts: pts.map((time) => clipTimes.get(time) ?? NaN) })), seekSeconds: undefined, keyFramesOnly: false }
      const { branches: frames, damage } = await settings.ffmpeg.decodeBranches(planClipInput({ ...clip, clipTimes }, run.packets.length, settings), plan, context)
      if (damage !== undefined) return undefined
      return { find: (found: Found) => frames[branchOf(found)]?.find(({ facts }) => facts.pts === clipTimes.get(found.run.targetPts)) }
    } catch (error) {
      if (error instanceof NotPlainError || isPosterframeError(error, 'corrupt_video', 'video_limits_exceeded')) return undefined
      throw error
    } finally {
      await rm(path, { force: true })
    }
  }
}

interface Outcome {
  readonly found: Found
  /** Undefined where it has to be taken alone. */
  readonly frame: DecodedFrame | undefined
  /** Whether it is as it was foretold. */
  readonly isPlanned: boolean
  readonly packetsDecoded: number
}

function foretell (video: KnownVideo): FrameFacts {
  return video.frameFacts ?? foretellFacts(video.index.facts)
}

function splitByPixels (found: readonly Found[], video: KnownVideo): Found[][] {
  const display = displaySize(foretell(video))
  const parts: Found[][] = []
  let pixels = Infinity
  for (const one of found.toSorted((a, b) => a.run.targetPts - b.run.targetPts)) {
    const { width, height } = planScaledSize(display, one.wish)
    pixels += width * height
    if (pixels > MAX_PIXELS_AT_ONCE) {
      parts.push([])
      pixels = width * height
    }
    parts.at(-1)!.push(one)
  }
  return parts
}
