import { mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../src/errors.ts'
import { openFileSource } from '../src/storage/file-byte-source.ts'
import { createStepClock } from '../src/thumbnails/step-clock.ts'
import { parseTimestamp, resolveTimestamp } from '../src/thumbnails/timestamp.ts'
import { PresentationClock, chooseFrame } from '../src/video/choose-frame.ts'
import { detectFileContainer } from '../src/video/container.ts'
import type { Ffmpeg } from '../src/video/ffmpeg.ts'
import type { GeneralWaySettings } from '../src/video/general-video.ts'
import { createGeneralWay } from '../src/video/general-way.ts'
import type { FrameWish, TakeFrame, TakenFrame } from '../src/video/take-frame.ts'
import { NotPlainError } from '../src/video/video-index.ts'
import { measurePsnr } from './psnr.ts'

/** A moment of a video, asked of the fast way alone. */
export interface SweptTarget {
  readonly timestamp: string
  readonly seek: FrameWish['seek']
  /** `different`: it was carried, and the general way gives another frame or another picture. */
  readonly outcome: 'carried' | 'left' | 'refused' | 'different'
  /** Why it was left to the general way or refused, what is different, or why nothing was compared. */
  readonly reason: string
  /** Against the general way's picture; infinite where they are equal, undefined where there is nothing to compare. */
  readonly psnr: number | undefined
}

/** The fast way, what the general way is made of, and where they may write. */
export interface SweepTools {
  readonly clipWay: TakeFrame
  /** Undefined where nothing is compared. */
  readonly general: GeneralWaySettings | undefined
  readonly scratch: string
}

const TIMESTAMPS = ['first', '10%', '37%', '60%', '90%', 'last'] as const
const SEEKS = ['exact', 'keyframe'] as const
/** Below this two pictures are not the same. */
const LEAST_PSNR = 50

/** Asks the fast way for several moments of a file, and holds what it gives against the general way. */
export async function sweepTargets (path: string, tools: SweepTools): Promise<SweptTarget[]> {
  const { general } = tools
  const remembering = general && { ...general, ffmpeg: rememberRuns(general.ffmpeg) }
  const ways = { ...tools, general: remembering, generalWay: remembering && createGeneralWay(remembering) }
  const targets: SweptTarget[] = []
  // By seek first: neighbours then often have one frame, which the general way decodes once.
  for (const seek of SEEKS) {
    for (const timestamp of TIMESTAMPS) {
      targets.push({ timestamp, seek, ...await sweepTarget(path, { timestamp: parseTimestamp(timestamp), seek, beyond: 'error', width: undefined, height: undefined, fit: 'inside' }, ways) })
    }
  }
  return targets
}

/** The same port for one file: what was asked before is not run again; of the pictures the last one is kept. */
function rememberRuns (ffmpeg: Ffmpeg): Ffmpeg {
  const listings = new Map<string, ReturnType<Ffmpeg['list']>>()
  const inspections = new Map<string, ReturnType<Ffmpeg['inspect']>>()
  const decodings = new Map<string, ReturnType<Ffmpeg['decode']>>()
  function remember<T> (kept: Map<string, T>, name: string, run: () => T): T {
    const known = kept.get(name)
    if (known !== undefined) return known
    const made = run()
    kept.set(name, made)
    return made
  }
  return {
    missing: ffmpeg.missing,
    list: (input, context) => remember(listings, '', () => ffmpeg.list(input, context)),
    inspect: (input, context, count) => remember(inspections, String(count), () => ffmpeg.inspect(input, context, count)),
    cut: (input, plan, path, context) => ffmpeg.cut(input, plan, path, context),
    decode: (input, plan, context) => {
      const name = JSON.stringify(plan)
      if (!decodings.has(name)) decodings.clear()
      return remember(decodings, name, () => ffmpeg.decode(input, plan, context))
    },
    decodeBranches: (input, plan, context) => ffmpeg.decodeBranches(input, plan, context)
  }
}

type Finding = Pick<SweptTarget, 'outcome' | 'reason' | 'psnr'>

async function sweepTarget (path: string, wish: FrameWish, { clipWay, general: settings, generalWay, scratch }: SweepTools & { readonly generalWay: TakeFrame | undefined }): Promise<Finding> {
  const taken = await tryWay(clipWay, path, wish, scratch)
  if (taken instanceof NotPlainError) return { outcome: 'left', reason: taken.message, psnr: undefined }
  if (taken instanceof PosterframeError) return { outcome: 'refused', reason: taken.code, psnr: undefined }
  if (settings === undefined || generalWay === undefined) return { outcome: 'carried', reason: '', psnr: undefined }
  const general = await tryWay(generalWay, path, wish, scratch)
  if (general instanceof Error) return { outcome: 'carried', reason: `the general way gives no picture: ${describeError(general)}`, psnr: undefined }
  const psnr = measurePsnr(taken.picture, general.picture)
  if (isSameFrame(taken, general) && psnr >= LEAST_PSNR) return { outcome: 'carried', reason: '', psnr }
  const decodedMicros = await findByDecoding(path, wish, taken, { ...settings, scratch })
  return { outcome: 'different', reason: `${taken.timestampMicros} us, the general way ${general.timestampMicros} us, a full decode ${decodedMicros} us`, psnr }
}

/** Which frame is shown at a moment by the times of all decoded frames: the judge where the two ways differ. */
async function findByDecoding (path: string, { timestamp, seek }: FrameWish, { source }: TakenFrame, { ffmpeg, countThreads, maxPixels, scratch }: GeneralWaySettings & { readonly scratch: string }): Promise<number> {
  if (timestamp.kind === 'auto') throw new TypeError('auto is not swept')
  const input = { path, container: await detectFileContainer(path), isProbed: true, threads: countThreads(), maxPixels, bytes: (await stat(path)).size }
  const context = { signal: AbortSignal.timeout(120_000), directory: scratch }
  const { chosen: { timeBase } } = await ffmpeg.list(input, context)
  const frames = [...await ffmpeg.inspect(input, context)].sort((one, other) => one.pts - other.pts)
  const clock = new PresentationClock(timeBase, 0)
  return clock.toMicros(chooseFrame(frames, resolveTimestamp(timestamp, Math.round((source.duration ?? 0) * 1e6), 'clamp'), seek, clock).pts)
}

function isSameFrame (one: TakenFrame, other: TakenFrame): boolean {
  return one.timestampMicros === other.timestampMicros && one.picture.width === other.picture.width && one.picture.height === other.picture.height
}

function describeError (error: Error): string {
  return error instanceof PosterframeError ? error.code : error.message
}

async function tryWay (way: TakeFrame, path: string, wish: FrameWish, scratch: string): Promise<TakenFrame | PosterframeError | NotPlainError> {
  const directory = await mkdtemp(join(scratch, 'target-'))
  const signal = AbortSignal.timeout(120_000)
  const bytes = await openFileSource(path, { etag: path, signal })
  try {
    return await way({ name: path, bytes, stage: async () => path }, wish, { signal, directory, steps: createStepClock(), inSlot: (task) => task(), note () {} })
  } catch (error) {
    if (error instanceof NotPlainError || error instanceof PosterframeError) return error
    throw error
  } finally {
    await bytes.close()
    await rm(directory, { recursive: true, force: true })
  }
}
