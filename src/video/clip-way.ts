import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseRepresentative } from './auto-frame.ts'
import { dropUnreferenced } from './clip/reference-only.ts'
import { writeClip, type WrittenClip } from './clip/write-clip.ts'
import { decodeWithFilters } from './decode-frame.ts'
import type { DecodedFrame, Ffmpeg } from './ffmpeg.ts'
import type { FfmpegInput } from './ffmpeg-arguments.ts'
import { describeClipFrame, resolveMoment } from './clip-frame.ts'
import { foretellFacts } from './foretell-facts.ts'
import type { KnownVideo } from './index-cache.ts'
import { type IndexSettings, openDecodableVideo } from './known-video.ts'
import type { FrameSource, FrameWish, TakeContext, TakeFrame } from './take-frame.ts'
import { NotPlainError, type PacketRun, type VideoIndex } from './video-index.ts'

/** What the fast way stands on. */
export interface ClipWaySettings extends IndexSettings {
  readonly ffmpeg: Ffmpeg
  /** How many threads a decode may use now. */
  readonly countThreads: () => number
}

/** The container that clips are written in. */
const CLIP_CONTAINER = { name: 'mp4', demuxer: 'mov', startsAtZero: true } as const

/** How many key frames `auto` looks at. */
const MAX_CANDIDATES = 8

/** How many key frames earlier a run is begun at most, and the size past which it is not begun earlier. */
const MAX_STEPS_BACK = 4
const MAX_STEPPING_BYTES = 32 * 1024 * 1024

/**
 * The fast way: the index says which packets lead to the frame, those alone are read and written into a tiny file of our
 * own making, and ffmpeg decodes that. Throws `NotPlainError` at any doubt.
 */
export function createClipWay (settings: ClipWaySettings): TakeFrame {
  return async (source, wish, context) => {
    const video = await context.steps.measure('index', () => openDecodableVideo(source, settings))
    const found = wish.timestamp.kind === 'auto'
      ? await chooseRun(source, video, settings, context)
      : await context.steps.measure('fetch', () => findRun(source, video.index, wish))
    const { frame, run, needed } = await decodeOrStepBack(found, source, video, wish, settings, context)
    return describeClipFrame(frame, run, needed.packets.length, video.index.facts)
  }
}

/**
 * Decodes the target of a run. After a recovery point of an open GOP decoders hold some frames back, since nothing proves
 * that they are right: then the run is begun one key frame earlier, and again, within bounds.
 */
async function decodeOrStepBack (found: PacketRun, source: FrameSource, video: KnownVideo, wish: FrameWish, settings: ClipWaySettings, context: TakeContext) {
  for (let run = found, steps = 0; ; steps++) {
    const needed = dropUnreferenced(video.index.facts, run)
    const frame = await context.steps.measure('decode', () => context.inSlot(() => decodeTarget(needed, video, wish, settings, context)))
    if (frame !== undefined) return { frame, run, needed }
    const bytes = run.packets.reduce((sum, { data }) => sum + data.length, 0)
    if (steps === MAX_STEPS_BACK || bytes > MAX_STEPPING_BYTES) throw new NotPlainError('the clip did not give the frame')
    run = await context.steps.measure('fetch', () => video.index.readEarlier(source.bytes, run))
  }
}

async function findRun (source: FrameSource, index: VideoIndex, wish: FrameWish): Promise<PacketRun> {
  const { atMicros, seek } = resolveMoment(wish, index.facts)
  return await index.readRun(source.bytes, atMicros, seek)
}

/** The run of the most representative of several key frames, judged by one run of ffmpeg over all of them. */
export async function chooseRun (source: FrameSource, video: KnownVideo, settings: ClipWaySettings, context: TakeContext): Promise<PacketRun> {
  const runs = await context.steps.measure('fetch', () => video.index.readKeyFrames(source.bytes, MAX_CANDIDATES))
  const [first] = runs
  if (first === undefined) throw new NotPlainError('there are no key frames')
  if (runs.length === 1) return first
  const packets = runs.flatMap((run) => run.packets)
  const path = join(context.directory, 'candidates.mp4')
  const clip = await writeClip(path, video.index.facts, { packets, targetPts: first.targetPts, isKey: true })
  const frames = runs.map(({ targetPts }) => ({ pts: clip.clipTimes.get(targetPts) ?? NaN, isKey: true }))
  const chosen = await context.steps.measure('decode', () => context.inSlot(() => chooseRepresentative(frames, async (candidates, filters) => {
    const plan = { pts: candidates.map(({ pts }) => pts), seekSeconds: undefined, keyFramesOnly: false, filters }
    const { frames } = await settings.ffmpeg.decode(planClipInput(clip, runs.length, settings), plan, context)
    // Damage to the chosen one shows when it is decoded alone, and then the general way chooses anew.
    return { frames, damage: undefined }
  })))
  return runs[frames.indexOf(chosen)] ?? first
}

async function decodeTarget (run: PacketRun, video: KnownVideo, wish: FrameWish, settings: ClipWaySettings, context: TakeContext): Promise<DecodedFrame | undefined> {
  const path = join(context.directory, 'clip.mp4')
  const clip = await writeClip(path, video.index.facts, run)
  const input = planClipInput(clip, run.packets.length, settings)
  const foretold = video.frameFacts ?? foretellFacts(video.index.facts)
  const { frame, damage } = await decodeWithFilters({ ffmpeg: settings.ffmpeg, input, context, facts: foretold, wish }, { pts: clip.targetPts, seekSeconds: undefined })
  if (damage !== undefined) throw new NotPlainError(`the decoder patched up damage: ${damage}`)
  if (frame === undefined) await rm(path)
  else video.frameFacts = frame.facts
  return frame
}

/** How ffmpeg opens a clip. Threads decode a frame each, so that more of them than packets cost and bring nothing. */
export function planClipInput ({ path, bytes }: WrittenClip, packetCount: number, { countThreads, maxPixels }: ClipWaySettings): FfmpegInput {
  return { path, container: CLIP_CONTAINER, isProbed: false, threads: Math.min(countThreads(), packetCount), maxPixels, bytes }
}
