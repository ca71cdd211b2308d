import { mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../src/errors.ts'
import { openFileSource } from '../src/video/source/file-byte-source.ts'
import { createStepClock } from '../src/telemetry/step-clock.ts'
import { parseTimestamp, resolveTimestamp } from '../src/options/timestamp.ts'
import { PresentationClock, chooseFrame } from '../src/video/extract/choose-frame.ts'
import { detectFileContainer } from '../src/video/demux/sniff.ts'
import type { FullDownloadSettings } from '../src/video/extract/full-download.ts'
import { createExtractFull } from '../src/video/extract/extract-full.ts'
import type { FrameRequest, ExtractFrame } from '../src/video/extract/extract-frame.ts'
import { measurePsnr } from './psnr.ts'
import { RangedExtractionError } from '../src/video/media/ranged-extraction-error.ts'
import type { ExtractedFrame } from '../src/video/media/frame.ts'
import type { Decoder } from '../src/video/decode/decoder.ts'

/** A moment of a video, asked of the fast way alone. */
export interface SweptTarget {
  readonly timestamp: string
  readonly seek: FrameRequest['seek']
  /** `different`: it was carried, and the general way gives another frame or another picture. */
  readonly outcome: 'carried' | 'left' | 'refused' | 'different'
  /** Why it was left to the general way or refused, what is different, or why nothing was compared. */
  readonly reason: string
  /** Against the general way's picture; infinite where they are equal, undefined where there is nothing to compare. */
  readonly psnr: number | undefined
}

/** The fast way, what the general way is made of, and where they may write. */
export interface SweepTools {
  readonly extractRanged: ExtractFrame
  /** Undefined where nothing is compared. */
  readonly general: FullDownloadSettings | undefined
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
  const ways = { ...tools, general: remembering, extractFull: remembering && createExtractFull(remembering) }
  const targets: SweptTarget[] = []
  // By seek first: neighbours then often have one frame, which the general way decodes once.
  for (const seek of SEEKS) {
    for (const timestamp of TIMESTAMPS) {
      targets.push({
        timestamp,
        seek,
        ...(await sweepTarget(
          path,
          {
            timestamp: parseTimestamp(timestamp),
            seek,
            beyond: 'error',
            width: undefined,
            height: undefined,
            fit: 'inside'
          },
          ways
        ))
      })
    }
  }
  return targets
}

/** The same port for one file: what was asked before is not run again; of the pictures the last one is kept. */
function rememberRuns (ffmpeg: Decoder): Decoder {
  const listings = new Map<string, ReturnType<Decoder['list']>>()
  const inspections = new Map<string, ReturnType<Decoder['inspect']>>()
  const decodings = new Map<string, ReturnType<Decoder['decode']>>()
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
    inspect: (input, context, count) =>
      remember(inspections, String(count), () => ffmpeg.inspect(input, context, count)),
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

async function sweepTarget (
  path: string,
  request: FrameRequest,
  {
    extractRanged,
    general: settings,
    extractFull,
    scratch
  }: SweepTools & { readonly extractFull: ExtractFrame | undefined }
): Promise<Finding> {
  const taken = await tryWay(extractRanged, path, request, scratch)
  if (taken instanceof RangedExtractionError) return { outcome: 'left', reason: taken.message, psnr: undefined }
  if (taken instanceof PosterframeError) return { outcome: 'refused', reason: taken.code, psnr: undefined }
  if (settings === undefined || extractFull === undefined) return { outcome: 'carried', reason: '', psnr: undefined }
  const general = await tryWay(extractFull, path, request, scratch)
  if (general instanceof Error) {
    return {
      outcome: 'carried',
      reason: `the general way gives no picture: ${describeError(general)}`,
      psnr: undefined
    }
  }
  const psnr = measurePsnr(taken.picture, general.picture)
  if (isSameFrame(taken, general) && psnr >= LEAST_PSNR) return { outcome: 'carried', reason: '', psnr }
  const decodedMicros = await findByDecoding(path, request, taken, { ...settings, scratch })
  return {
    outcome: 'different',
    reason: `${taken.timestampMicros} us, the general way ${general.timestampMicros} us, a full decode ${decodedMicros} us`,
    psnr
  }
}

/** Which frame is shown at a moment by the times of all decoded frames: the judge where the two ways differ. */
async function findByDecoding (
  path: string,
  { timestamp, seek }: FrameRequest,
  { source }: ExtractedFrame,
  { ffmpeg, countThreads, maxPixels, scratch }: FullDownloadSettings & { readonly scratch: string }
): Promise<number> {
  if (timestamp.kind === 'auto') throw new TypeError('auto is not swept')
  const input = {
    path,
    container: await detectFileContainer(path),
    isProbed: true,
    threads: countThreads(),
    maxPixels,
    bytes: (await stat(path)).size
  }
  const context = { signal: AbortSignal.timeout(120_000), directory: scratch }
  const {
    chosen: { timeBase }
  } = await ffmpeg.list(input, context)
  const frames = [...(await ffmpeg.inspect(input, context))].sort((one, other) => one.pts - other.pts)
  const clock = new PresentationClock(timeBase, 0)
  return clock.toMicros(
    chooseFrame(frames, resolveTimestamp(timestamp, Math.round((source.duration ?? 0) * 1e6), 'clamp'), seek, clock).pts
  )
}

function isSameFrame (one: ExtractedFrame, other: ExtractedFrame): boolean {
  return (
    one.timestampMicros === other.timestampMicros &&
    one.picture.width === other.picture.width &&
    one.picture.height === other.picture.height
  )
}

function describeError (error: Error): string {
  return error instanceof PosterframeError ? error.code : error.message
}

async function tryWay (
  way: ExtractFrame,
  path: string,
  request: FrameRequest,
  scratch: string
): Promise<ExtractedFrame | PosterframeError | RangedExtractionError> {
  const directory = await mkdtemp(join(scratch, 'target-'))
  const signal = AbortSignal.timeout(120_000)
  const reader = await openFileSource(path, { etag: path, signal })
  try {
    return await way({ name: path, reader, stage: async () => path }, request, {
      signal,
      directory,
      steps: createStepClock(),
      inSlot: (task) => task(),
      note () {}
    })
  } catch (error) {
    if (error instanceof RangedExtractionError || error instanceof PosterframeError) return error
    throw error
  } finally {
    await reader.close()
    await rm(directory, { recursive: true, force: true })
  }
}
