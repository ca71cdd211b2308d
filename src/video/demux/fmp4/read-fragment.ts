import { PosterframeError } from '../../../errors.ts'
import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import type { Fragment, FragmentContext, FragmentSample } from './fragment.ts'
import { type TrackRun, assertExpandable, readTrackRun } from './track-run.ts'
import { type TrackFragment, readTrackFragment } from './track-fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Limit of the samples of one track in a fragment, for the sake of memory: 55 minutes at 30 frames a second. */
const MAX_SAMPLES = 100_000
const NON_SYNC = 0x00010000
const DEPENDS_ON_OTHERS = 0x01000000

interface FragmentContents {
  readonly samples: FragmentSample[]
  readonly decodeEnds: Map<number, number>
  readonly presentedEnds: Map<number, number>
}

/**
 * Reads a whole `moof`: the samples of the wanted track, and the end of every other track.
 *
 * @param window holds the whole box
 * @param next offset to look for the next fragment at
 * @param decodeEnds end of decoding of each track so far, for tracks whose fragment does not state its start
 * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
 * @throws RangedExtractionError if it is malformed, or readers disagree about its meaning
 */
export function readFragment (
  window: Window,
  moof: Box,
  next: number,
  context: FragmentContext,
  decodeEnds: ReadonlyMap<number, number>
): Fragment {
  const contents: FragmentContents = { samples: [], decodeEnds: new Map(decodeEnds), presentedEnds: new Map() }
  const trackIds = new Set<number>()
  let dataEnd = moof.start
  for (const box of iterateBoxes(window, moof.bodyStart, moof.end)) {
    if (box.type === 'pssh') throw new PosterframeError('encrypted_video')
    if (box.type !== 'traf') continue
    const traf = readTrackFragment(window, box, moof.start, context)
    if (trackIds.has(traf.trackId)) throw new RangedExtractionError('a fragment has two parts of one track')
    trackIds.add(traf.trackId)
    dataEnd = readTrackRuns(window, traf, traf.baseOffset ?? dataEnd, moof, context, contents)
  }
  return { start: moof.start, next, ...contents }
}

/** Reads the samples of one `traf`, and returns the end of their data. */
function readTrackRuns (
  window: Window,
  traf: TrackFragment,
  baseOffset: number,
  moof: Box,
  context: FragmentContext,
  contents: FragmentContents
): number {
  const isWanted = traf.trackId === context.wantedTrackId
  let position = { dts: traf.startTicks ?? contents.decodeEnds.get(traf.trackId), offset: baseOffset }
  for (const [index, box] of traf.runs.entries()) {
    const run = readTrackRun(window, box, traf.defaults, context.fileBytes)
    if (run.sampleCount === 0) continue
    if (position.dts === undefined) throw new RangedExtractionError('a fragment does not state its start time')
    // By the standard, the data of such a run follows that of the previous run; for ffmpeg, it begins at the base.
    if (index > 0 && run.dataOffset === undefined) {
      throw new RangedExtractionError('a track run does not state where its data is')
    }
    const start = { dts: position.dts, offset: baseOffset + (run.dataOffset ?? 0) }
    if (isWanted) assertSupported(run, traf, contents.samples.length)
    position =
      isWanted || !run.isUniform
        ? walkRun(
          run,
          traf.trackId,
          start,
          contents,
          isWanted ? { moofEnd: moof.end, fileBytes: context.fileBytes } : undefined
        )
        : skipRun(run, traf, start, contents)
  }
  if (position.dts !== undefined) contents.decodeEnds.set(traf.trackId, position.dts)
  return position.offset
}

function assertSupported (run: TrackRun, traf: TrackFragment, listedCount: number): void {
  assertExpandable(run)
  if (traf.defaults.descriptionIndex !== 1) {
    throw new RangedExtractionError('a fragment uses another sample description')
  }
  if (listedCount + run.sampleCount > MAX_SAMPLES) throw new RangedExtractionError('a fragment has too many samples')
}

interface Position {
  readonly dts: number
  readonly offset: number
}

/** Adds the samples of a run to `contents`, if `bounds` are given; returns the position after them. */
function walkRun (
  run: TrackRun,
  trackId: number,
  start: Position,
  contents: FragmentContents,
  bounds: { moofEnd: number, fileBytes: number } | undefined
): Position {
  let { dts, offset } = start
  let end = contents.presentedEnds.get(trackId) ?? 0
  for (const { durationTicks, sampleBytes, flags, shiftTicks } of run.rows()) {
    const pts = dts + shiftTicks
    if (bounds !== undefined) {
      // ffmpeg shifts the whole track by the most negative value in the whole file.
      if (shiftTicks < 0) throw new RangedExtractionError('a frame is shown before it is decoded')
      if (sampleBytes === 0) throw new RangedExtractionError('a sample is empty')
      if (offset < bounds.moofEnd || offset + sampleBytes > bounds.fileBytes) {
        throw new RangedExtractionError('a sample is outside of its fragment')
      }
      contents.samples.push({
        dts,
        pts,
        durationTicks,
        start: offset,
        size: sampleBytes,
        isSync: (flags & (NON_SYNC | DEPENDS_ON_OTHERS)) === 0
      })
    }
    end = Math.max(end, pts + durationTicks)
    dts += durationTicks
    offset += sampleBytes
  }
  contents.presentedEnds.set(trackId, end)
  return { dts, offset }
}

/** Returns the position after a uniform run, computed from its defaults. */
function skipRun (
  run: TrackRun,
  { trackId, defaults }: TrackFragment,
  start: Position,
  contents: FragmentContents
): Position {
  const dts = start.dts + run.sampleCount * defaults.durationTicks
  contents.presentedEnds.set(trackId, Math.max(contents.presentedEnds.get(trackId) ?? 0, dts))
  return { dts, offset: start.offset + run.sampleCount * defaults.sampleBytes }
}
