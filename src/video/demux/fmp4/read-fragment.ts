import { PosterframeError } from '../../../errors.ts'
import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import type { Fragment, FragmentContext, FragmentSample } from './fragment.ts'
import { type SampleRun, checkExpandable, readSampleRun } from './sample-run.ts'
import { type TrackFragment, readTrackFragment } from './track-fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Maximum number of samples of one track in one fragment, for memory: 55 minutes at 30 frames a second. */
const MAX_SAMPLES = 100_000
const NON_SYNC = 0x00010000
const DEPENDS_ON_OTHERS = 0x01000000

interface Stats {
  readonly samples: FragmentSample[]
  readonly decodeEnds: Map<number, number>
  readonly presentedEnds: Map<number, number>
}

/**
 * Parses a complete `moof`: the samples of the chosen track, and the end of every other track.
 *
 * @param window holds the complete box
 * @param next offset at which to look for the next fragment
 * @param decodeEnds decode time at which each track continues if its fragment does not have it
 * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
 * @throws RangedExtractionError for damage, and for files that readers interpret differently
 */
export function readFragment (
  window: Window,
  moof: Box,
  next: number,
  context: FragmentContext,
  decodeEnds: ReadonlyMap<number, number>
): Fragment {
  const stats: Stats = { samples: [], decodeEnds: new Map(decodeEnds), presentedEnds: new Map() }
  const seen = new Set<number>()
  let dataEnd = moof.start
  for (const box of iterateBoxes(window, moof.bodyStart, moof.end)) {
    if (box.type === 'pssh') throw new PosterframeError('encrypted_video')
    if (box.type !== 'traf') continue
    const traf = readTrackFragment(window, box, moof.start, context)
    if (seen.has(traf.trackId)) throw new RangedExtractionError('a fragment has two track fragments of one track')
    seen.add(traf.trackId)
    dataEnd = readPacketRanges(window, traf, traf.baseOffset ?? dataEnd, moof, context, stats)
  }
  return { start: moof.start, next, ...stats }
}

/** Reads the samples of one `traf` and returns the end of their data. */
function readPacketRanges (
  window: Window,
  traf: TrackFragment,
  baseOffset: number,
  moof: Box,
  context: FragmentContext,
  stats: Stats
): number {
  const isWanted = traf.trackId === context.wantedTrackId
  let position = { dts: traf.startTicks ?? stats.decodeEnds.get(traf.trackId), offset: baseOffset }
  for (const [index, box] of traf.runs.entries()) {
    const run = readSampleRun(window, box, traf.defaults, context.fileBytes)
    if (run.sampleCount === 0) continue
    if (position.dts === undefined) throw new RangedExtractionError('a fragment has no decode time')
    // By ISO such a run follows the one before it; ffmpeg starts it at the base offset.
    if (index > 0 && run.dataOffset === undefined) {
      throw new RangedExtractionError('a sample run has no data offset')
    }
    const start = { dts: position.dts, offset: baseOffset + (run.dataOffset ?? 0) }
    if (isWanted) checkWanted(run, traf, stats.samples.length)
    position =
      isWanted || !run.isUniform
        ? walkRun(
          run,
          traf.trackId,
          start,
          stats,
          isWanted ? { moofEnd: moof.end, fileBytes: context.fileBytes } : undefined
        )
        : skipRun(run, traf, start, stats)
  }
  if (position.dts !== undefined) stats.decodeEnds.set(traf.trackId, position.dts)
  return position.offset
}

function checkWanted (run: SampleRun, traf: TrackFragment, listedCount: number): void {
  checkExpandable(run)
  if (traf.defaults.descriptionIndex !== 1) {
    throw new RangedExtractionError('a fragment uses another sample description')
  }
  if (listedCount + run.sampleCount > MAX_SAMPLES) throw new RangedExtractionError('a fragment has very many samples')
}

interface Position {
  readonly dts: number
  readonly offset: number
}

function walkRun (
  run: SampleRun,
  trackId: number,
  start: Position,
  stats: Stats,
  bounds: { moofEnd: number, fileBytes: number } | undefined
): Position {
  let { dts, offset } = start
  let end = stats.presentedEnds.get(trackId) ?? 0
  for (const { durationTicks, sampleBytes, flags, shiftTicks } of run.rows()) {
    const pts = dts + shiftTicks
    if (bounds !== undefined) {
      // ffmpeg shifts the whole track by the most negative offset of the file.
      if (shiftTicks < 0) throw new RangedExtractionError('a frame is shown before it is decoded')
      if (sampleBytes === 0) throw new RangedExtractionError('a sample is empty')
      if (offset < bounds.moofEnd || offset + sampleBytes > bounds.fileBytes) {
        throw new RangedExtractionError('a sample is outside its fragment')
      }
      stats.samples.push({
        dts,
        pts,
        durationTicks,
        start: offset,
        bytes: sampleBytes,
        isSync: (flags & (NON_SYNC | DEPENDS_ON_OTHERS)) === 0
      })
    }
    end = Math.max(end, pts + durationTicks)
    dts += durationTicks
    offset += sampleBytes
  }
  stats.presentedEnds.set(trackId, end)
  return { dts, offset }
}

function skipRun (run: SampleRun, { trackId, defaults }: TrackFragment, start: Position, stats: Stats): Position {
  const dts = start.dts + run.sampleCount * defaults.durationTicks
  stats.presentedEnds.set(trackId, Math.max(stats.presentedEnds.get(trackId) ?? 0, dts))
  return { dts, offset: start.offset + run.sampleCount * defaults.sampleBytes }
}
