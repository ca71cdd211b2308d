import { isPosterframeError, type PosterframeError } from '../../errors.ts'
import { buildFrameFilters } from '../decode/filters.ts'
import { writeLut } from '../decode/colour/lut-3d.ts'
import { displaySize } from '../decode/frame-info.ts'
import type { DecodedFrame, RunContext } from '../decode/decoder.ts'
import type { DecoderInput } from '../decode/decode-plan.ts'
import { computeScaledSize } from '../media/scaled-size.ts'
import type { FrameTime } from './choose-frame.ts'
import { cutPackets } from './cut-packets.ts'
import { chooseRequested, describeFullFrame, extractFromFile } from './extract-full.ts'
import { planSeek } from './plan-seek.ts'
import type { ExtractContext, FrameRequest } from './extract-frame.ts'
import { type Deliver, type ExtractFrames, frameErrorOf } from './extract-frames.ts'
import { type DownloadedVideo, openDownloadedVideo } from './full-download.ts'
import type { FullDownloadSettings, Recording } from './recording.ts'

/** Approximate maximum of pixels per run, about 100 MB in memory. */
const MAX_PIXELS_A_RUN = 32e6
/** Maximum of packets per run, well below the CPU time that a run may take. */
const MAX_PACKETS_A_RUN = 1500
/** Packets that are decoded for nothing between two frames rather than starting another run. */
const MAX_UNUSED_PACKETS = 30

/** A request, its frame, and the packets to decode for it, by their indexes in the listing. */
interface Target {
  readonly place: number
  readonly request: FrameRequest
  readonly recording: Recording
  readonly frame: FrameTime
  readonly first: number
  readonly last: number
}

/**
 * Creates extraction of several frames by full download: downloads and lists the video once, and decodes frames that
 * are close to one another in one run. A run with anything unexpected is repeated for each of its frames alone, to
 * find out which of them is affected.
 */
export function createExtractFramesFull (settings: FullDownloadSettings): ExtractFrames {
  return async (source, requests, context, deliver) => {
    const video = await context.inSlot(() => openDownloadedVideo(source, settings, context))
    const { targets, rest } = findTargets(video, requests)
    const alone = [...rest]
    for (const run of groupIntoRuns(targets)) {
      alone.push(
        ...(run.length === 1
          ? run.map(({ place }) => place)
          : await decodeRun(video, run, { settings, context, deliver }))
      )
    }
    for (const place of alone.sort((one, other) => one - other)) {
      const outcome = await context.steps
        .measure('decode', () => context.inSlot(() => extractFromFile(video, requests[place]!, settings, context)))
        .catch((error: unknown) => frameErrorOf(error, context))
      await deliver(place, outcome)
    }
  }
}

/** Finds the frames that can be decoded together, and the indexes of the other requests. */
function findTargets (
  video: DownloadedVideo,
  requests: readonly FrameRequest[]
): { readonly targets: Target[], readonly rest: number[] } {
  const targets: Target[] = []
  const rest: number[] = []
  for (const [place, request] of requests.entries()) {
    const target = findTarget(place, request)
    if (target === undefined) rest.push(place)
    else targets.push(target)
  }
  return { targets, rest }

  function findTarget (place: number, request: FrameRequest): Target | undefined {
    const chosen = tryChoose(request)
    if (chosen === undefined) return undefined
    const { recording, frame } = chosen
    const last = recording.listing.chosen.packets.findIndex(({ pts, isShown }) => pts === frame.pts && isShown)
    const isAlone = recording.frames.filter(({ pts }) => pts === frame.pts).length === 1
    if (last === -1 || !isAlone) return undefined
    const { packetCount } = planSeek(recording, frame)
    return { place, request, recording, frame, first: last - packetCount + 1, last }
  }

  function tryChoose (request: FrameRequest): ReturnType<typeof chooseRequested> | undefined {
    if (request.timestamp.kind === 'auto') return undefined
    try {
      return chooseRequested(request, video)
    } catch (error) {
      // Extracting it alone fails in the same way, and reports it.
      if (isPosterframeError(error, 'timestamp_out_of_range')) return undefined
      throw error
    }
  }
}

/** Groups targets whose packets are close to one another, in one recording. */
function groupIntoRuns (targets: readonly Target[]): Target[][] {
  const recordings = [...Map.groupBy(targets, ({ recording }) => recording).values()]
  return recordings.flatMap((some) => {
    const runs: Target[][] = []
    let [first, last, pixels] = [0, -Infinity, 0]
    for (const target of some.sort((one, other) => one.first - other.first || one.last - other.last)) {
      const { width, height } = computeScaledSize(displaySize(target.recording.upright), target.request)
      const fits =
        target.first - last <= MAX_UNUSED_PACKETS &&
        target.last - first < MAX_PACKETS_A_RUN &&
        pixels + width * height <= MAX_PIXELS_A_RUN
      if (!fits) {
        runs.push([])
        ;[first, last, pixels] = [target.first, target.last, 0]
      }
      runs.at(-1)!.push(target)
      last = Math.max(last, target.last)
      pixels += width * height
    }
    return runs
  })
}

/** Decodes a run and delivers its frames; returns the indexes of the requests to extract alone. */
async function decodeRun (
  video: DownloadedVideo,
  run: readonly Target[],
  { settings, context, deliver }: { settings: FullDownloadSettings, context: ExtractContext, deliver: Deliver }
): Promise<number[]> {
  const { decoder } = settings
  const frames = await context.steps
    .measure('decode', () => context.inSlot(() => decodeFrames(run, settings, context)))
    .catch((error: unknown): PosterframeError => frameErrorOf(error, context))
  const alone: number[] = []
  const decoded = run.at(-1)!.last - run[0]!.first + 1
  let packetsDecoded = decoded
  for (const target of run) {
    const { request, place, recording } = target
    const frame = frames instanceof Map ? frames.get(target) : undefined
    const isKey = recording.input === recording.file ? frame?.info.isKey === true : target.frame.isKey
    const isPlanned =
      frame !== undefined &&
      (request.seek === 'exact' || isKey) &&
      buildFrameFilters(frame.info, request, decoder.missing).filters === filtersOf(target, settings)
    if (!isPlanned) {
      alone.push(place)
      continue
    }
    await deliver(place, describeFullFrame(video, { recording, target: target.frame, frame, isKey, packetsDecoded }))
    packetsDecoded = 0
  }
  return alone
}

/** Decodes the frames of a run; none of them if the decoder conceals an error on the way. */
async function decodeFrames (
  run: readonly Target[],
  settings: FullDownloadSettings,
  context: RunContext
): Promise<Map<Target, DecodedFrame>> {
  const { recording } = run[0]!
  const { listing, upright, input } = recording
  const { decoder } = settings
  const { conversion } = buildFrameFilters(upright, run[0]!.request, decoder.missing)
  if (conversion !== undefined) await writeLut(context.directory, conversion)
  const branches = [...Map.groupBy(run, (target) => filtersOf(target, settings))]

  const { seekSeconds, isSeparable } = planSeek(recording, run[0]!.frame)
  const frames = await decode(input, seekSeconds, ({ frame }) => frame.pts)
  if (frames !== undefined || !isSeparable) return frames ?? new Map()

  // Seeking may have landed before the key frame, so the packets of the run are decoded alone.
  const places = { first: run[0]!.first, last: Math.max(...run.map(({ last }) => last)) }
  const cutting = { ...recording, decoder, input: { ...input, threads: 1 }, context }
  const cut = await cutPackets(cutting, listing.chosen, places)
  return (cut && (await decode(cut.input, undefined, ({ last }) => cut.timeOf(last)))) ?? new Map()

  async function decode (
    part: DecoderInput,
    seekSeconds: number | undefined,
    timeOf: (target: Target) => number | undefined
  ): Promise<Map<Target, DecodedFrame> | undefined> {
    const plan = branches.map(([filters, members]) => ({
      filters,
      pts: [...new Set(members.flatMap((target) => timeOf(target) ?? []))].sort((one, other) => one - other)
    }))
    if (plan.some(({ pts }) => pts.length === 0)) return undefined
    const decoded = await decoder.decodeBranches(part, { branches: plan, seekSeconds, keyFramesOnly: false }, context)
    if (decoded.decodeError !== undefined) return undefined
    const found = new Map<Target, DecodedFrame>()
    for (const [branch, [, members]] of branches.entries()) {
      for (const target of members) {
        const frame = decoded.branches[branch]?.find(({ info }) => info.pts === timeOf(target))
        const moved = { pts: target.frame.pts, rotation: upright.rotation }
        if (frame !== undefined) found.set(target, { ...frame, info: { ...frame.info, ...moved } })
      }
    }
    return found
  }
}

const filtersOf = ({ request, recording }: Target, { decoder }: FullDownloadSettings): string =>
  buildFrameFilters(recording.upright, request, decoder.missing).filters
