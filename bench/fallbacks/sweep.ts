import { stat } from 'node:fs/promises'
import { measurePsnr } from '../../test/support/psnr.ts'
import { PosterframeError } from '../../src/errors.ts'
import { parseTimestamp, resolveTimestamp } from '../../src/options/timestamp.ts'
import type { Decoder } from '../../src/video/decode/decoder.ts'
import { chooseFrame, PresentationClock } from '../../src/video/extract/choose-frame.ts'
import type { ExtractFrame, FrameRequest } from '../../src/video/extract/extract-frame.ts'
import { createExtractFull } from '../../src/video/extract/extract-full.ts'
import type { FullDownloadSettings } from '../../src/video/extract/recording.ts'
import { detectFileContainer } from '../../src/video/demux/sniff.ts'
import type { ExtractedFrame } from '../../src/video/media/frame.ts'
import { RangedExtractionError } from '../../src/video/media/ranged-extraction-error.ts'
import { extractFromFile, MIN_PSNR } from '../support/extract-from-file.ts'

/** The outcome of ranged extraction at one timestamp of a video. */
export interface SweptTarget {
  readonly timestamp: string
  readonly seek: FrameRequest['seek']
  /**
   * `ranged`: ranged extraction gave the frame. `fallback`: it was left to the full download. `rejected`: it ended with
   * an error of the catalogue. `different`: it gave another frame or picture than the full download.
   */
  readonly outcome: 'ranged' | 'fallback' | 'rejected' | 'different'
  /** Why it fell back or was rejected, what differs, or why nothing was compared; empty if there is nothing to say. */
  readonly reason: string
  /** PSNR against the picture of the full download; infinite if they are equal, undefined if nothing was compared. */
  readonly psnr: number | undefined
}

/** Ranged extraction and what it is compared with. */
export interface SweepTools {
  readonly extractRanged: ExtractFrame
  /** Settings of the full download; undefined if nothing is compared. */
  readonly full: FullDownloadSettings | undefined
  readonly scratch: string
}

const TIMESTAMPS = ['first', '10%', '37%', '60%', '90%', 'last'] as const
const SEEKS = ['exact', 'keyframe'] as const

/** Requests several timestamps of a file from ranged extraction and compares each with the full download. */
export async function sweepTargets (path: string, tools: SweepTools): Promise<SweptTarget[]> {
  const full = tools.full && { ...tools.full, decoder: cacheRuns(tools.full.decoder) }
  const sweepTools = { ...tools, full, extractFull: full && createExtractFull(full) }
  const targets: SweptTarget[] = []
  // Grouped by seek, because consecutive timestamps then often have the same frame, which is decoded once.
  for (const seek of SEEKS) {
    for (const timestamp of TIMESTAMPS) {
      const request: FrameRequest = {
        timestamp: parseTimestamp(timestamp),
        seek,
        beyond: 'error',
        width: undefined,
        height: undefined,
        fit: 'inside'
      }
      targets.push({ timestamp, seek, ...(await sweepTarget(path, request, sweepTools)) })
    }
  }
  return targets
}

/** Wraps the decoder for one file so that the same call runs once. Of the decoded pictures only the last is cached. */
function cacheRuns (ffmpeg: Decoder): Decoder {
  const listings = new Map<string, ReturnType<Decoder['list']>>()
  const inspections = new Map<string, ReturnType<Decoder['inspect']>>()
  const decodings = new Map<string, ReturnType<Decoder['decode']>>()
  function cached<T> (cache: Map<string, T>, name: string, run: () => T): T {
    const known = cache.get(name)
    if (known !== undefined) return known
    const made = run()
    cache.set(name, made)
    return made
  }
  return {
    missing: ffmpeg.missing,
    list: (input, context) =>
      cached(listings, JSON.stringify([input.path, input.slice]), () => ffmpeg.list(input, context)),
    locate: (input, context) => ffmpeg.locate(input, context),
    inspect: (input, context, count) =>
      cached(inspections, String(count), () => ffmpeg.inspect(input, context, count)),
    cut: (input, plan, path, context) => ffmpeg.cut(input, plan, path, context),
    decode: (input, plan, context) => {
      const name = JSON.stringify(plan)
      if (!decodings.has(name)) decodings.clear()
      return cached(decodings, name, () => ffmpeg.decode(input, plan, context))
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
    full: settings,
    extractFull,
    scratch
  }: SweepTools & { readonly extractFull: ExtractFrame | undefined }
): Promise<Finding> {
  const ranged = await tryExtract(extractRanged, path, request, scratch)
  if (ranged instanceof RangedExtractionError) return { outcome: 'fallback', reason: ranged.message, psnr: undefined }
  if (ranged instanceof PosterframeError) return { outcome: 'rejected', reason: ranged.code, psnr: undefined }
  if (settings === undefined || extractFull === undefined) return { outcome: 'ranged', reason: '', psnr: undefined }
  const full = await tryExtract(extractFull, path, request, scratch)
  if (full instanceof Error) {
    const code = full instanceof PosterframeError ? full.code : full.message
    return { outcome: 'ranged', reason: `the full download gives no picture: ${code}`, psnr: undefined }
  }
  const psnr = measurePsnr(ranged.picture, full.picture)
  if (isSameFrame(ranged, full) && psnr >= MIN_PSNR) return { outcome: 'ranged', reason: '', psnr }
  const decodedMicros = await findByDecoding(path, request, ranged, { ...settings, scratch })
  return {
    outcome: 'different',
    reason: `${ranged.timestampMicros} us, full download ${full.timestampMicros} us, all decoded frames ${decodedMicros} us`,
    psnr
  }
}

/** Finds the frame shown at a timestamp by the times of all decoded frames, to decide which mode is right. */
async function findByDecoding (
  path: string,
  { timestamp, seek }: FrameRequest,
  { source }: ExtractedFrame,
  { decoder, countThreads, maxPixels, scratch }: FullDownloadSettings & { readonly scratch: string }
): Promise<number> {
  if (timestamp.kind === 'auto' || timestamp.kind === 'frame') throw new TypeError('The sweep has times only.')
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
  } = await decoder.list(input, context)
  const frames = [...(await decoder.inspect(input, context))].sort((one, other) => one.pts - other.pts)
  const clock = new PresentationClock(timeBase, 0)
  const atMicros = resolveTimestamp(timestamp, Math.round((source.duration ?? 0) * 1e6), 'clamp')
  return clock.toMicros(chooseFrame(frames, atMicros, seek, clock).pts)
}

function isSameFrame (one: ExtractedFrame, other: ExtractedFrame): boolean {
  return (
    one.timestampMicros === other.timestampMicros &&
    one.picture.width === other.picture.width &&
    one.picture.height === other.picture.height
  )
}

async function tryExtract (
  extract: ExtractFrame,
  path: string,
  request: FrameRequest,
  scratch: string
): Promise<ExtractedFrame | PosterframeError | RangedExtractionError> {
  try {
    return await extractFromFile(extract, path, request, scratch)
  } catch (error) {
    if (error instanceof RangedExtractionError || error instanceof PosterframeError) return error
    throw error
  }
}
