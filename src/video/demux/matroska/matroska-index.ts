import type { IndexSummary } from '../index-summary.ts'
import type { VideoIndex } from '../video-index.ts'
import { readFirstTimes } from './first-times.ts'
import type { MatroskaWorkers } from './matroska-workers.ts'
import { findEndTicks, findZeroTicks } from './matroska-duration.ts'
import { choosePlainTrack, readHeadInfo } from './matroska-info.ts'
import { type MatroskaHead, readCues, readMatroskaHead } from './matroska-head.ts'
import { summarizeMatroska } from './summarize-matroska.ts'
import type { CachedRange } from '../../source/range-cache.ts'
import { ReadAheadReader } from '../../source/read-ahead-reader.ts'
import type { AnsweredPackets, MatroskaAnswer, MatroskaJob } from './matroska-messages.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { Moment, PacketRange, TrackInfo } from '../../media/track.ts'
import { spreadEvenly, TOLERANCE_MICROS } from '../../media/time.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** What reading a container may take. */
export interface MatroskaLimits {
  readonly workers: MatroskaWorkers
  readonly maxRunPackets?: number
  readonly maxRunBytes?: number
}

const MEBIBYTE = 1024 * 1024
/** A file this small is read in one piece: its facts cost a request then, and the rest nothing. */
const SMALL_BYTES = MEBIBYTE
/** Without an index inside, a file is read in one piece up to this size, and above it left to the full download. */
const MAX_BYTES_WITHOUT_CUES = 8 * MEBIBYTE
const HEAD_BYTES = MEBIBYTE / 4
const MAX_OPEN_BYTES = 16 * MEBIBYTE
/** The last clusters tell the exact end; where they are more than this, the container's word must do. */
const MAX_TAIL_BYTES = 2 * MEBIBYTE
/** Clusters are read whole, and the one after the target's too. */
const MAX_OVERSHOOT_BYTES = 32 * MEBIBYTE
/** Several key frames, each with the cluster around it. */
const MAX_KEY_FRAMES_BYTES = 256 * MEBIBYTE
/** A cluster's head tells its size; of a lean video this much is the whole cluster. */
const CLUSTER_READ_AHEAD_BYTES = MEBIBYTE / 4

/**
 * Opens a Matroska or WebM file: the facts by our own reader of its head, the packets by mediabunny in a thread.
 *
 * @throws RangedExtractionError where anything is not known to be plain; PosterframeError `encrypted_video` and
 * `video_limits_exceeded`; what the source throws
 */
export async function openMatroskaIndex (
  source: ByteReader,
  container: 'matroska' | 'webm',
  limits: MatroskaLimits
): Promise<VideoIndex> {
  const reader = new ReadAheadReader(source, { maxReadBytes: MAX_OPEN_BYTES })
  await reader.read(0, source.size <= SMALL_BYTES ? source.size : HEAD_BYTES)
  const head = await readMatroskaHead(reader)
  const track = choosePlainTrack(head)
  const info = readHeadInfo(container, head, track)
  if (head.cuesStart !== undefined) await readCues(reader, head.cuesStart)
  else {
    if (source.size > MAX_BYTES_WITHOUT_CUES) throw new RangedExtractionError('there is no index in the file')
    await reader.read(0, source.size)
  }
  const heard = head.tracks.filter(({ kind }) => kind !== 'other').map(({ number }) => number)
  const firstTimes = await readFirstTimes(reader, head.firstClusterStart, heard)
  if (!firstTimes.has(track.number)) throw new RangedExtractionError('the video does not begin with the file')
  const zeroTicks = findZeroTicks(head, firstTimes)
  const job = {
    bytes: source.size,
    ticksPerSecond: info.timescale,
    track: track.number,
    codec: info.codec,
    codecConfig: info.codecConfig
  }
  const endTicks = await readEnd(job, { head, heard, limits, source, cached: reader.cached })
  const writtenTicks = endTicks ?? head.durationTicks
  const durationMicros = writtenTicks === undefined ? null : countMicros(writtenTicks - zeroTicks, info.timescale)
  return new MatroskaIndex(
    { ...info, durationMicros },
    {
      job,
      zeroTicks,
      isExactEnd: endTicks !== undefined,
      limits,
      cached: reader.cached,
      summary: summarizeMatroska(head, track.number)
    }
  )
}

/** A float of a stranger's file, or a sum of two, may be any number. */
function countMicros (ticks: number, ticksPerSecond: number): number {
  const micros = Math.max(0, Math.ceil((ticks * 1e6) / ticksPerSecond))
  if (!Number.isSafeInteger(micros)) throw new RangedExtractionError('the video lasts longer than can be counted')
  return micros
}

type Track = Omit<MatroskaJob, 'task'>

/** The end by the last packets, where they can be had for little: undefined else. */
async function readEnd (
  track: Track,
  {
    head,
    heard,
    limits,
    source,
    cached
  }: {
    head: MatroskaHead
    heard: readonly number[]
    limits: MatroskaLimits
    source: ByteReader
    cached: readonly CachedRange[]
  }
): Promise<number | undefined> {
  const reader = new ReadAheadReader(source, { cached, maxReadBytes: MAX_TAIL_BYTES })
  try {
    const answer = await limits.workers.run({ ...track, task: { kind: 'ends', tracks: heard } }, reader)
    return answer.kind === 'ends' ? findEndTicks(head, answer.ends) : undefined
  } catch (error) {
    if (reader.isExhausted) return undefined
    throw error
  }
}

interface Placing {
  readonly job: Track
  /** Where the presentation begins on the container's clock. */
  readonly zeroTicks: number
  readonly isExactEnd: boolean
  readonly summary: IndexSummary
  readonly limits: MatroskaLimits
  /** What was read when the index was opened: its own bytes. */
  readonly cached: readonly CachedRange[]
}

class MatroskaIndex implements VideoIndex {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  readonly memoryBytes: number
  readonly #placing: Placing

  constructor (info: TrackInfo, placing: Placing) {
    this.info = info
    this.#placing = placing
    this.summary = placing.summary
    this.memoryBytes = placing.cached.reduce((bytes, { data }) => bytes + data.length, 4096)
  }

  async readPacketRange (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange> {
    const { maxRunPackets = 5000, maxRunBytes = 256 * MEBIBYTE } = this.#placing.limits
    const atTicks = this.#toTicks(atMicros)
    const answer = await this.#ask(
      source,
      { kind: 'run', atTicks, wantsKey: seek === 'keyframe', maxPackets: maxRunPackets, maxBytes: maxRunBytes },
      maxRunBytes + MAX_OVERSHOOT_BYTES
    )
    if (answer.kind !== 'run') throw new RangedExtractionError('the reader answered something else')
    if (answer.isPastEnd && atTicks !== Infinity && !this.#placing.isExactEnd) {
      throw new RangedExtractionError('the file does not say for sure where the video ends')
    }
    const packets = this.#placePackets(answer)
    const target = packets.at(-1)
    if (target === undefined) throw new RangedExtractionError('the reader found no packets')
    return { packets, targetPts: target.pts, isKey: target.isKey }
  }

  /** One after the other: there is one thread for them all. */
  async readPacketRanges (source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]> {
    const runs: PacketRange[] = []
    for (const { atMicros, seek } of moments) runs.push(await this.readPacketRange(source, atMicros, seek))
    return runs
  }

  async readEarlier (source: ByteReader, run: PacketRange): Promise<PacketRange> {
    const { maxRunPackets = 5000, maxRunBytes = 256 * MEBIBYTE } = this.#placing.limits
    const [first] = run.packets
    if (first === undefined) throw new RangedExtractionError('nothing comes before no packets')
    const bounds = {
      maxPackets: maxRunPackets - run.packets.length,
      maxBytes: maxRunBytes - run.packets.reduce((bytes, { data }) => bytes + data.length, 0)
    }
    const answer = await this.#ask(
      source,
      { kind: 'before', ticks: first.pts + this.#placing.zeroTicks, ...bounds },
      maxRunBytes + MAX_OVERSHOOT_BYTES
    )
    if (answer.kind !== 'before') throw new RangedExtractionError('the reader answered something else')
    return { ...run, packets: [...this.#placePackets(answer), ...run.packets] }
  }

  async readKeyFrames (source: ByteReader, count: number): Promise<PacketRange[]> {
    const { durationMicros } = this.info
    if (durationMicros === null) throw new RangedExtractionError('the file does not say where the video ends')
    const atTicks = spreadEvenly(count, durationMicros).map((atMicros) => this.#toTicks(atMicros))
    const answer = await this.#ask(source, { kind: 'keys', atTicks }, MAX_KEY_FRAMES_BYTES)
    if (answer.kind !== 'keys') throw new RangedExtractionError('the reader answered something else')
    return this.#placePackets(answer).map((packet) => ({ packets: [packet], targetPts: packet.pts, isKey: true }))
  }

  #ask (source: ByteReader, task: MatroskaJob['task'], maxReadBytes: number): Promise<MatroskaAnswer> {
    const { job, limits, cached } = this.#placing
    return limits.workers.run(
      { ...job, task },
      new ReadAheadReader(source, { cached, maxReadBytes, readAheadBytes: CLUSTER_READ_AHEAD_BYTES })
    )
  }

  #toTicks (atMicros: number): number {
    if (atMicros === Number.MAX_SAFE_INTEGER) return Infinity
    return Math.floor(((atMicros + TOLERANCE_MICROS) * this.info.timescale) / 1e6) + this.#placing.zeroTicks
  }

  #placePackets ({ packets, data }: AnsweredPackets) {
    let at = 0
    return packets.map(({ ticks, isKey, bytes }) => {
      const pts = ticks - this.#placing.zeroTicks
      if (bytes === 0) throw new RangedExtractionError('a packet is empty')
      if (pts < 0) throw new RangedExtractionError('a frame is shown before the beginning')
      const start = at
      at += bytes
      return { pts, isKey, data: Buffer.from(data.buffer, start, bytes) }
    })
  }
}
