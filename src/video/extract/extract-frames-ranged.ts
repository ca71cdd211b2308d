import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isPosterframeError, type PosterframeError } from '../../errors.ts'
import { describeRangedFrame, resolveMoment, toMicros } from './ranged-frame.ts'
import { choosePacketRange, type RangedSettings, segmentInput } from './extract-ranged.ts'
import { writeSegment } from '../remux/write-segment.ts'
import { writeLut } from '../decode/colour/lut-3d.ts'
import { buildFrameFilters } from '../decode/filters.ts'
import { predictFrameInfo } from '../decode/predict-frame-info.ts'
import { displaySize, type FrameInfo } from '../decode/frame-info.ts'
import type { KnownVideo } from './index-cache.ts'
import { openDecodableVideo } from './known-video.ts'
import { computeScaledSize } from '../media/scaled-size.ts'
import type { FrameSource, FrameRequest, ExtractContext } from './extract-frame.ts'
import type { Deliver, ExtractFramesTogether } from './extract-frames.ts'
import { type Found, buildJointDecodePlan, type Sought, type JointDecodePlan } from './joint-decode-plan.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { Moment, PacketRange } from '../media/track.ts'
import type { DecodedFrame } from '../decode/decoder.ts'

/** Approximate maximum of pixels per decode, about 100 MB in memory. */
const MAX_PIXELS_AT_ONCE = 32e6

/**
 * Creates ranged extraction of several frames: their packets are read by one plan, remuxed into one segment and
 * decoded at once. If anything is unexpected, the frames are extracted separately, to find out which of them is
 * affected.
 */
export function createExtractFramesRanged (settings: RangedSettings): ExtractFramesTogether {
  return async (source, requests, context, deliver) => {
    const video = await context.steps.measure('index', () => openDecodableVideo(source, settings))
    const { sought, left } = await seek(source, video, requests, context, deliver)
    return [...left, ...(await extractGroup(source, video, sought, context, deliver))]
  }

  /** Finds the moments of the requests; those of frames that the index does not count are left. */
  async function seek (
    source: FrameSource,
    video: KnownVideo,
    requests: readonly FrameRequest[],
    context: ExtractContext,
    deliver: Deliver
  ): Promise<{ readonly sought: readonly Sought[], readonly left: readonly number[] }> {
    let chosen: Moment | undefined
    const sought: Sought[] = []
    const left: number[] = []
    const rejected = new Map<number, PosterframeError>()
    for (const [place, request] of requests.entries()) {
      try {
        if (request.timestamp.kind === 'auto') {
          chosen ??= {
            atMicros: toMicros(await choosePacketRange(source, video, settings, context), video.index.info),
            seek: 'keyframe'
          }
        }
        sought.push({
          place,
          request,
          moment: request.timestamp.kind === 'auto' ? chosen! : await resolveMoment(request, video.index, source.reader)
        })
      } catch (error) {
        if (isPosterframeError(error, 'timestamp_out_of_range')) rejected.set(place, error)
        else if (error instanceof RangedExtractionError && request.timestamp.kind === 'frame') left.push(place)
        else throw error
      }
    }
    // Delivered only once ranged extraction is known to work for the video.
    for (const [place, error] of rejected) await deliver(place, error)
    return { sought, left }
  }

  /** Splits a group that is too large in halves. */
  async function extractGroup (
    source: FrameSource,
    video: KnownVideo,
    group: readonly Sought[],
    context: ExtractContext,
    deliver: Deliver
  ): Promise<number[]> {
    const ranges = await context.steps.measure('fetch', () => readPacketRanges(source, video, group))
    if (Array.isArray(ranges)) {
      return await decodeInParts(
        video,
        group.map((sought, place) => ({ ...sought, range: ranges[place]! })),
        context,
        deliver
      )
    }
    const middle = Math.ceil(group.length / 2)
    if (group.length > 1) {
      return [
        ...(await extractGroup(source, video, group.slice(0, middle), context, deliver)),
        ...(await extractGroup(source, video, group.slice(middle), context, deliver))
      ]
    }
    if (isPosterframeError(ranges)) await deliver(group[0]!.place, ranges)
    return isPosterframeError(ranges) ? [] : group.map(({ place }) => place)
  }

  async function readPacketRanges (
    source: FrameSource,
    { index }: KnownVideo,
    group: readonly Sought[]
  ): Promise<PacketRange[] | PosterframeError | RangedExtractionError> {
    try {
      return await index.readPacketRanges(
        source.reader,
        group.map(({ moment }) => moment)
      )
    } catch (error) {
      if (error instanceof RangedExtractionError || isPosterframeError(error, 'video_limits_exceeded')) return error
      throw error
    }
  }

  async function decodeInParts (
    video: KnownVideo,
    found: readonly Found[],
    context: ExtractContext,
    deliver: Deliver
  ): Promise<number[]> {
    const left: number[] = []
    for (const part of splitByPixels(found, video)) left.push(...(await decodePart(video, part, context, deliver)))
    return left
  }

  /** Decodes with the predicted properties of the frames; if they differ, once more with those of the first frame. */
  async function decodePart (
    video: KnownVideo,
    part: readonly Found[],
    context: ExtractContext,
    deliver: Deliver
  ): Promise<number[]> {
    const others: Found[] = []
    const left: number[] = []
    const wasKnown = video.frameInfo !== undefined
    for (const { found, frame, isPlanned, packetsDecoded } of await decodeTogether(video, part, context)) {
      if (frame === undefined) left.push(found.place)
      else if (!isPlanned) others.push(found)
      else await deliver(found.place, describeRangedFrame(frame, found.range, packetsDecoded, video.index.info))
    }
    if (others.length === 0) return left
    return [
      ...left,
      ...(wasKnown ? others.map(({ place }) => place) : await decodePart(video, others, context, deliver))
    ]
  }

  async function decodeTogether (
    video: KnownVideo,
    part: readonly Found[],
    context: ExtractContext
  ): Promise<Outcome[]> {
    const info = predictInfo(video)
    const plan = buildJointDecodePlan(video.index.info, part, ({ request }) =>
      buildFrameFilters(info, request, settings.decoder.missing)
    )
    const decoded =
      plan && (await context.steps.measure('decode', () => context.inSlot(() => decodeSegment(video, plan, context))))
    return part.map((found) => {
      const seen = decoded?.find(found)
      const frame = seen && { ...seen, info: { ...seen.info, rotation: info.rotation } }
      if (frame !== undefined) video.frameInfo ??= frame.info
      const isPlanned =
        frame !== undefined &&
        buildFrameFilters(frame.info, found.request, settings.decoder.missing).filters ===
          buildFrameFilters(info, found.request, settings.decoder.missing).filters
      return { found, frame, isPlanned, packetsDecoded: plan?.countPackets(found) ?? 0 }
    })
  }

  /** Returns undefined if the frames should be extracted separately, to find out which of them is damaged. */
  async function decodeSegment (
    video: KnownVideo,
    { range, branches, conversions, branchOf }: JointDecodePlan,
    context: ExtractContext
  ) {
    const path = join(context.directory, 'together.mp4')
    try {
      const { segmentTimes, ...segment } = await writeSegment(path, video.index.info, range)
      for (const conversion of conversions) await writeLut(context.directory, conversion)
      const plan = {
        branches: branches.map(({ filters, pts }) => ({
          filters,
          pts: pts.map((time) => segmentTimes.get(time) ?? NaN)
        })),
        seekSeconds: undefined,
        keyFramesOnly: false
      }
      const { branches: frames, decodeError } = await settings.decoder.decodeBranches(
        segmentInput({ ...segment, segmentTimes }, { info: video.index.info, packets: range.packets }, settings),
        plan,
        context
      )
      if (decodeError !== undefined) return undefined
      return {
        find: (found: Found) =>
          frames[branchOf(found)]?.find(({ info }) => info.pts === segmentTimes.get(found.range.targetPts))
      }
    } catch (error) {
      const isUncertain = error instanceof RangedExtractionError
      if (isUncertain || isPosterframeError(error, 'corrupt_video', 'video_limits_exceeded')) {
        return undefined
      }
      throw error
    } finally {
      await rm(path, { force: true })
    }
  }
}

interface Outcome {
  readonly found: Found
  /** Undefined if it must be extracted separately. */
  readonly frame: DecodedFrame | undefined
  /** True if its properties match the prediction. */
  readonly isPlanned: boolean
  readonly packetsDecoded: number
}

function predictInfo (video: KnownVideo): FrameInfo {
  return video.frameInfo ?? predictFrameInfo(video.index.info)
}

function splitByPixels (found: readonly Found[], video: KnownVideo): Found[][] {
  const display = displaySize(predictInfo(video))
  const parts: Found[][] = []
  let pixels = Infinity
  for (const one of found.toSorted((a, b) => a.range.targetPts - b.range.targetPts)) {
    const { width, height } = computeScaledSize(display, one.request)
    pixels += width * height
    if (pixels > MAX_PIXELS_AT_ONCE) {
      parts.push([])
      pixels = width * height
    }
    parts.at(-1)!.push(one)
  }
  return parts
}
