import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isPosterframeError, type PosterframeError } from '../../errors.ts'
import type { FrameSource, FrameRequest, ExtractContext, ExtractFrame } from './extract-frame.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { ExtractedFrame } from '../media/frame.ts'

/**
 * Receives the outcome of the request at an index. Callers await it, so that no more frames are in memory than are
 * being processed.
 */
export type Deliver = (place: number, outcome: ExtractedFrame | PosterframeError) => Promise<void>

/**
 * Extracts several frames of one video with as few reads and decoder runs as possible. Delivers every request once,
 * in any order; throws errors that concern all of them.
 */
export type ExtractFrames = (
  source: FrameSource,
  requests: readonly FrameRequest[],
  context: ExtractContext,
  deliver: Deliver
) => Promise<void>

/** Extracts the frames that can be decoded together, like `ExtractFrames`; returns the indexes of the others. */
export type ExtractFramesTogether = (...args: Parameters<ExtractFrames>) => Promise<readonly number[]>

/** The extractors to combine. */
export interface FrameExtractors {
  readonly together: ExtractFramesTogether
  /** Ranged extraction of one frame. */
  readonly extractRanged: ExtractFrame
  readonly extractFull: ExtractFrames
}

/**
 * Combines the extractors: frames that can be decoded together, then single frames by ranged extraction, then the
 * rest by full download, which downloads the video once.
 */
export function createExtractFrames ({ together, extractRanged, extractFull }: FrameExtractors): ExtractFrames {
  return async (source, requests, context, deliver) => {
    const remaining = await extractByRanges(source, requests, context, deliver)
    if (remaining.length === 0) return
    try {
      await extractFull(
        source,
        remaining.map((place) => requests[place]!),
        context,
        (index, outcome) => deliver(remaining[index]!, outcome)
      )
    } catch (error) {
      if (remaining.length === requests.length) throw error
      const failure = frameErrorOf(error, context)
      for (const place of remaining) await deliver(place, failure)
    }
  }

  async function extractByRanges (
    source: FrameSource,
    requests: readonly FrameRequest[],
    context: ExtractContext,
    deliver: Deliver
  ): Promise<number[]> {
    try {
      const remaining: number[] = []
      for (const place of await together(source, requests, context, deliver)) {
        const outcome = await extractEach(source, requests[place]!, context)
        if (outcome === undefined) remaining.push(place)
        else await deliver(place, outcome)
      }
      return remaining
    } catch (error) {
      if (!(error instanceof RangedExtractionError)) throw error
      context.note(`full download, because ${error.message}`)
      return requests.map((_, place) => place)
    }
  }

  async function extractEach (
    source: FrameSource,
    request: FrameRequest,
    context: ExtractContext
  ): Promise<ExtractedFrame | PosterframeError | undefined> {
    const directory = join(context.directory, 'alone')
    await mkdir(directory)
    try {
      return await extractRanged(source, request, { ...context, directory })
    } catch (error) {
      if (!(error instanceof RangedExtractionError)) return frameErrorOf(error, context)
      context.note(`full download, because ${error.message}`)
      return undefined
    } finally {
      await rm(directory, { recursive: true })
    }
  }
}

/** Returns an error that concerns one frame; rethrows one that concerns the whole request. */
export function frameErrorOf (error: unknown, { signal }: Pick<ExtractContext, 'signal'>): PosterframeError {
  signal.throwIfAborted()
  if (!isPosterframeError(error) || error.code === 'source_changed') throw error
  return error
}
