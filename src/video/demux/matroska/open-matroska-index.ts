import { buildAvcConfig } from '../../bitstream/annex-b.ts'
import type { VideoIndex } from '../video-index.ts'
import { ClusterSearch } from './cluster-search.ts'
import { readCues } from './cues.ts'
import { ElementReader } from './element-reader.ts'
import type { RunLimits } from './find-run.ts'
import { readFirstBlocks } from './first-blocks.ts'
import { findEndTicks, findZeroTicks } from './matroska-duration.ts'
import { MatroskaIndex } from './matroska-index.ts'
import { choosePlainTrack, hasParametersInBand, readHeadInfo } from './matroska-info.ts'
import { type MatroskaHead, readMatroskaHead } from './matroska-head.ts'
import { readPacket } from './packet-track.ts'
import { type EndContext, MAX_CUE_BYTES, readEnds } from './read-ends.ts'
import { Seeker } from './seeker.ts'
import { summarizeMatroska } from './summarize-matroska.ts'
import { readCluster } from './walk-blocks.ts'
import type { CachedRange } from '../../source/range-cache.ts'
import { ReadAheadReader } from '../../source/read-ahead-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

const KIB = 1024
const MEBIBYTE = 1024 * KIB
/** A file this small is read in one piece: it takes a request then, and lookups take none. */
const SMALL_BYTES = MEBIBYTE
const HEAD_BYTES = 256 * KIB
const MAX_OPEN_BYTES = 16 * MEBIBYTE
const MAX_OPEN_READS = 40
/** Cues are mostly behind the last cluster, which is read with them. */
const BEFORE_CUES_BYTES = 128 * KIB
const CUES_BYTES = 128 * KIB
/**
 * Limits of the search for the end: if the head states a duration, if the last cue is near the end besides, and if only
 * the end shows the duration.
 */
const MAX_TAIL_BYTES = 512 * KIB
const MAX_CUED_TAIL_BYTES = MAX_CUE_BYTES + MAX_TAIL_BYTES
const MAX_ONLY_TAIL_BYTES = 64 * MEBIBYTE
const MAX_TAIL_READS = 16
/** Libraries that list every key frame in the cues: those of FFmpeg and of MKVToolNix. */
const COMPLETE_CUES = /^(Lavf|libebml)/

const DEFAULT_LIMITS: RunLimits = { maxPackets: 5000, maxBytes: 256 * MEBIBYTE }

/**
 * Opens a Matroska or WebM file: reads its head, its cues and its last cluster, or finds that without cues.
 *
 * @throws RangedExtractionError if the right frame cannot be guaranteed; PosterframeError `encrypted_video`,
 * `unsupported_codec`; as the source
 */
export async function openMatroskaIndex (
  source: ByteReader,
  container: 'matroska' | 'webm',
  limits: Partial<RunLimits> = {}
): Promise<VideoIndex> {
  const isSmall = source.size <= SMALL_BYTES
  const reader = new ReadAheadReader(source, { maxReadBytes: MAX_OPEN_BYTES, maxReads: MAX_OPEN_READS })
  await reader.read(0, isSmall ? source.size : Math.min(source.size, HEAD_BYTES))
  const elements = new ElementReader(reader)
  const head = await readMatroskaHead(elements)
  const chosen = choosePlainTrack(head)
  const hasInBand = hasParametersInBand(chosen)
  if (!hasInBand) readHeadInfo(container, head, chosen)
  const first = await readCluster(elements, head.firstClusterStart)
  const shown = head.tracks.filter(({ kind }) => kind !== 'other')
  const { times, video } = await readFirstBlocks(elements, first, shown, chosen.number)
  if (video === undefined) throw new RangedExtractionError('the video does not begin with the file')
  const config = hasInBand
    ? buildAvcConfig(await readPacket(elements, { encoding: chosen.encoding, isAnnexB: false }, video))
    : chosen.codecPrivate
  const info = readHeadInfo(container, head, chosen, config ?? Buffer.alloc(0))

  const cues = await findCues(reader, elements, head, chosen.number)
  const end = cues === undefined || cues.start < first.start ? source.size : cues.start
  const search = new ClusterSearch(new Set(head.tracks.map(({ number }) => number)), first, end)
  const lastCueStart = cues?.list?.at(cues.list.count - 1)?.clusterStart
  const zeroTicks = findZeroTicks(head, times)
  const endContext = { head, tracks: shown, first, search, lastCueStart, clustersEnd: end }
  const exactEnd = await findEnd(source, reader.cached, endContext)
  const endTicks = exactEnd ?? head.durationTicks
  const durationMicros = endTicks === undefined ? null : countMicros(endTicks - zeroTicks, info.timescale)
  return new MatroskaIndex({
    info: { ...info, durationMicros },
    summary: summarizeMatroska(head, chosen.number),
    track: {
      number: chosen.number,
      codec: info.codec,
      codecConfig: info.codecConfig,
      encoding: chosen.encoding,
      isAnnexB: hasInBand,
      first: { ticks: video.ticks, start: video.start }
    },
    seeker: new Seeker({ first, end }, chosen.number, search, cues?.list, COMPLETE_CUES.test(head.muxingApp)),
    zeroTicks,
    isExactEnd: exactEnd !== undefined,
    limits: { ...DEFAULT_LIMITS, ...limits },
    cached: isSmall ? reader.cached : []
  })
}

/** Reads the cues, and in the same request what comes before them, which is mostly the last cluster. */
async function findCues (
  reader: ReadAheadReader,
  elements: ElementReader,
  { cuesStart, segmentStart, firstClusterStart }: MatroskaHead,
  track: number
) {
  if (cuesStart === undefined || cuesStart >= elements.size) return undefined
  const before = cuesStart > firstClusterStart ? BEFORE_CUES_BYTES : 0
  const start = Math.max(segmentStart, cuesStart - before)
  await reader.readRange(start, Math.min(elements.size, cuesStart + 1), cuesStart + CUES_BYTES)
  return await readCues(elements, cuesStart, { track, segmentStart, firstClusterStart })
}

/** Finds the end of the presentation by the last blocks; returns undefined if that takes too much. */
async function findEnd (
  source: ByteReader,
  cached: readonly CachedRange[],
  context: EndContext
): Promise<number | undefined> {
  const isStated = context.head.durationTicks !== undefined
  const isCueNear = context.clustersEnd - (context.lastCueStart ?? 0) <= MAX_CUE_BYTES
  const maxReadBytes = !isStated ? MAX_ONLY_TAIL_BYTES : isCueNear ? MAX_CUED_TAIL_BYTES : MAX_TAIL_BYTES
  const found = await readEnds(new ReadAheadReader(source, { cached, maxReadBytes, maxReads: MAX_TAIL_READS }), context)
  if (found === undefined || found.ends.length === 0 || (isStated && !found.isComplete)) return undefined
  return findEndTicks(context.head, found.ends)
}

/** A float in a file, or a sum of two, may be any number. */
function countMicros (ticks: number, ticksPerSecond: number): number {
  const micros = Math.max(0, Math.ceil((ticks * 1e6) / ticksPerSecond))
  if (!Number.isSafeInteger(micros)) throw new RangedExtractionError('the video lasts longer than can be counted')
  return micros
}
