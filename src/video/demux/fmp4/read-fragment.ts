import { PosterframeError } from '../../../errors.ts'
import { type Box, type Window, iterateBoxes } from '../mp4/box.ts'
import type { Fragment, FragmentContext, FragmentSample } from './fragment.ts'
import { type TrackRun, assertExpandable, readTrackRun } from './track-run.ts'
import { type TrackFragment, readTrackFragment } from './track-fragment.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * More samples of one track than this in one fragment would take too much memory: 55 minutes at 30 pictures a second.
 */
const MAX_SAMPLES = 100_000
const NON_SYNC = 0x00010000
const DEPENDS_ON_OTHERS = 0x01000000

interface Stats {
  readonly samples: FragmentSample[]
  readonly decodeEnds: Map<number, number>
  readonly presentedEnds: Map<number, number>
}

/**
 * Reads a whole `moof`: the samples of the wanted track, and how far every other one goes.
 *
 * @param window holds the whole box
 * @param next where the next fragment is looked for
 * @param decodeEnds where decoding of each track goes on where its fragment does not say it
 * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
 * @throws RangedExtractionError for what is damaged, or not written in a way that every reader takes alike
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
    if (seen.has(traf.trackId)) throw new RangedExtractionError('a fragment has two parts of one track')
    seen.add(traf.trackId)
    dataEnd = readPacketRanges(window, traf, traf.baseOffset ?? dataEnd, moof, context, stats)
  }
  return { start: moof.start, next, ...stats }
}

/** Reads the samples of one `traf`; returns where their data ends. */
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
    const run = readTrackRun(window, box, traf.defaults, context.fileBytes)
    if (run.sampleCount === 0) continue
    if (position.dts === undefined) throw new RangedExtractionError('a fragment does not say when it begins')
    // ISO says that such a run follows the one before it, ffmpeg that it begins at the base.
    if (index > 0 && run.dataOffset === undefined) {
      throw new RangedExtractionError('a run of samples does not say where it lies')
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

function checkWanted (run: TrackRun, traf: TrackFragment, listedCount: number): void {
  assertExpandable(run)
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
  run: TrackRun,
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
      // ffmpeg shifts the whole track by the most negative one of the whole file.
      if (shiftTicks < 0) throw new RangedExtractionError('a frame is shown before it is decoded')
      if (sampleBytes === 0) throw new RangedExtractionError('a sample is empty')
      if (offset < bounds.moofEnd || offset + sampleBytes > bounds.fileBytes) {
        throw new RangedExtractionError('a sample lies outside of its fragment')
      }
      stats.samples.push({
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
  stats.presentedEnds.set(trackId, end)
  return { dts, offset }
}

function skipRun (run: TrackRun, { trackId, defaults }: TrackFragment, start: Position, stats: Stats): Position {
  const dts = start.dts + run.sampleCount * defaults.durationTicks
  stats.presentedEnds.set(trackId, Math.max(stats.presentedEnds.get(trackId) ?? 0, dts))
  return { dts, offset: start.offset + run.sampleCount * defaults.sampleBytes }
}
