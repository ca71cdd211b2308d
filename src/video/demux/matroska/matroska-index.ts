import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import type { IndexSummary } from '../index-summary.ts'
import type { VideoIndex } from '../video-index.ts'
import { ElementReader } from './element-reader.ts'
import { findRun, findRunBefore, type LookupContext, type Run, type RunLimits } from './find-run.ts'
import { isShownFrame } from './is-shown-frame.ts'
import { type PacketTrack, readPacket } from './packet-track.ts'
import { WrongCuesError } from './seek-start.ts'
import type { Seeker } from './seeker.ts'
import type { Block } from './walk-blocks.ts'
import type { CachedRange } from '../../source/range-cache.ts'
import { ReadAheadReader } from '../../source/read-ahead-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { CodedPacket, Moment, PacketRange, TrackInfo } from '../../media/track.ts'
import { spreadEvenly, TOLERANCE_MICROS } from '../../media/time.ts'
import type { ByteReader } from '../../source/byte-source.ts'
import type { Seek } from '../../../options/frame-options.ts'

const KIB = 1024
const MEBIBYTE = 1024 * KIB
/** What a lookup may read besides the packets of its run: sound, and the clusters that a search passes. */
const MAX_OVERSHOOT_BYTES = 32 * MEBIBYTE
const MAX_KEY_FRAMES_BYTES = 256 * MEBIBYTE
/** Limit of the reads of a lookup, and of each further moment; the source has a limit of its own. */
const MAX_READS = 80
const READS_PER_MOMENT = 3
const MIN_READ_BYTES = 4 * KIB
/** Lookups that run at the same time: more would take connections from other requests. */
const MAX_LANES = 8
/** Limit of the packets of several moments together. */
const MAX_PACKETS = 20_000
/** If there are this few bytes for each moment, the file is read in one piece. */
const WHOLE_BYTES_PER_MOMENT = 256 * KIB
const MAX_WHOLE_BYTES = 32 * MEBIBYTE
const INDEX_BYTES = 4096

/** The parts of an opened index. */
export interface MatroskaIndexParts {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  readonly track: PacketTrack
  readonly seeker: Seeker
  /** Start of the presentation, in ticks of the container. */
  readonly zeroTicks: number
  /** True if the end of the presentation was read from the last blocks rather than from the head. */
  readonly isExactEnd: boolean
  readonly limits: RunLimits
  /** The whole file if it is small, else nothing. */
  readonly cached: readonly CachedRange[]
}

/** Returns whether reading a whole file costs less than several lookups. */
function isWorthWhole ({ size }: ByteReader, lookups: number): boolean {
  return size <= Math.min(MAX_WHOLE_BYTES, WHOLE_BYTES_PER_MOMENT * lookups)
}

/** The index of a Matroska file, which reads clusters as lookups need them. */
export class MatroskaIndex implements VideoIndex {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  readonly #parts: MatroskaIndexParts
  #seeker: Seeker

  constructor (parts: MatroskaIndexParts) {
    this.info = parts.info
    this.summary = parts.summary
    this.#parts = parts
    this.#seeker = parts.seeker
  }

  get memoryBytes (): number {
    const cachedBytes = this.#parts.cached.reduce((bytes, { data }) => bytes + data.length, 0)
    return INDEX_BYTES + cachedBytes + this.info.codecConfig.length + this.#seeker.memoryBytes
  }

  async readPacketRange (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange> {
    const reader = this.#createReader(source, this.#parts.limits.maxBytes + MAX_OVERSHOOT_BYTES)
    return await this.#readRange(reader, { atMicros, seek }, new Map())
  }

  /** Moments with the same cue follow each other, so that what one reads serves the next. */
  async readPacketRanges (source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]> {
    const maxBytes = this.#parts.limits.maxBytes + MAX_OVERSHOOT_BYTES
    const reader = this.#createReader(source, maxBytes, MAX_READS + READS_PER_MOMENT * moments.length)
    if (isWorthWhole(source, moments.length)) await reader.read(0, source.size)
    const known = new Map<number, CodedPacket>()
    const ranges: PacketRange[] = []
    const places = [...moments.keys()]
    const groups = Map.groupBy(places, (place) => this.#seeker.findCue(this.#toTicks(moments[place]!.atMicros)) ?? -1)
    const queue = [...groups.values()]
    const lanes = Array.from({ length: this.#seeker.hasCues ? MAX_LANES : 1 }, async () => {
      for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
        for (const place of group) {
          ranges[place] = await this.#readRange(reader, moments[place]!, known)
          if (known.size > MAX_PACKETS) throw new RangedExtractionError('the frames take too many packets')
        }
      }
    })
    await Promise.all(lanes)
    return ranges
  }

  async readEarlier (source: ByteReader, range: PacketRange): Promise<PacketRange> {
    const { maxPackets, maxBytes } = this.#parts.limits
    const [first] = range.packets
    if (first === undefined) throw new RangedExtractionError('nothing comes before no packets')
    const limits = {
      maxPackets: maxPackets - range.packets.length,
      maxBytes: maxBytes - range.packets.reduce((bytes, { data }) => bytes + data.length, 0)
    }
    const reader = this.#createReader(source, maxBytes + MAX_OVERSHOOT_BYTES)
    const packets = await this.#lookUp(reader, async (context) => {
      const blocks = await findRunBefore(context, first.pts + this.#parts.zeroTicks, limits)
      return await this.#readPackets(context, blocks, new Map())
    })
    return { ...range, packets: [...packets, ...range.packets] }
  }

  async readKeyFrames (source: ByteReader, count: number): Promise<PacketRange[]> {
    const { durationMicros } = this.info
    if (durationMicros === null) throw new RangedExtractionError('the file does not state where the video ends')
    const reader = this.#createReader(source, MAX_KEY_FRAMES_BYTES, MAX_READS + READS_PER_MOMENT * count)
    if (!this.#seeker.hasCues && isWorthWhole(source, count)) await reader.read(0, source.size)
    const packets = new Map<number, CodedPacket>()
    const known = new Map<number, CodedPacket>()
    const read = async (atMicros: number) => {
      const packet = await this.#readKeyNear(reader, this.#toTicks(atMicros), known)
      packets.set(packet.pts, packet)
    }
    const moments = spreadEvenly(count, durationMicros).map(Math.floor)
    // Without cues one after the other: each search uses the clusters that those before it have found.
    if (this.#seeker.hasCues) await Promise.all(moments.map(read))
    else for (const atMicros of moments) await read(atMicros)
    return [...packets.values()]
      .sort((one, other) => one.pts - other.pts)
      .map((packet) => ({ packets: [packet], targetPts: packet.pts, isKey: true }))
  }

  async #readRange (
    reader: ReadAheadReader,
    { atMicros, seek }: Moment,
    known: Map<number, CodedPacket>
  ): Promise<PacketRange> {
    const atTicks = this.#toTicks(atMicros)
    const packets = await this.#lookUp(reader, async (context) => {
      const { blocks, isPastEnd } = await this.#findRun(context, atTicks, seek === 'keyframe')
      if (isPastEnd && atTicks !== Infinity && !this.#parts.isExactEnd) {
        throw new RangedExtractionError('the file does not state exactly where the video ends')
      }
      return await this.#readPackets(context, blocks, known)
    })
    const target = packets.at(-1)!
    return { packets, targetPts: target.pts, isKey: target.isKey }
  }

  async #findRun (context: LookupContext, atTicks: number, wantsKey: boolean): Promise<Run> {
    const isBeforeEnd = this.#parts.isExactEnd || atTicks === Infinity || context.seeker.isBeforeLastCue(atTicks)
    const block = wantsKey && isBeforeEnd ? await this.#findCuedKey(context, atTicks, false) : undefined
    if (block !== undefined) return { blocks: [block], isPastEnd: false }
    return await findRun(context, atTicks, wantsKey, this.#parts.limits)
  }

  async #readKeyNear (reader: ReadAheadReader, atTicks: number, known: Map<number, CodedPacket>): Promise<CodedPacket> {
    return await this.#lookUp(reader, async (context) => {
      const cued = await this.#findCuedKey(context, atTicks, true)
      const blocks = cued === undefined ? (await findRun(context, atTicks, true, this.#parts.limits)).blocks : [cued]
      const [packet] = await this.#readPackets(context, blocks.slice(0, 1), known)
      return packet!
    })
  }

  /** Returns the key frame of a cue if it is shown, and needs no frame before it. */
  async #findCuedKey (
    { elements, seeker, track }: LookupContext,
    atTicks: number,
    isAny: boolean
  ): Promise<Block | undefined> {
    const block = await seeker.findCuedKey(elements, Math.max(atTicks, track.first.ticks), isAny)
    if (block === undefined) return undefined
    const packet = await readPacket(elements, track, block)
    return isTrueKeyFrame(track, packet) && isShownFrame(track.codec, packet) ? block : undefined
  }

  /** Runs a lookup, and once more without the cues if they turn out to be wrong. */
  async #lookUp<T> (reader: ReadAheadReader, task: (context: LookupContext) => Promise<T>): Promise<T> {
    const { track } = this.#parts
    try {
      return await task({ elements: new ElementReader(reader), seeker: this.#seeker, track })
    } catch (error) {
      if (!(error instanceof WrongCuesError)) throw error
      this.#seeker = this.#seeker.withoutCues()
      return await task({ elements: new ElementReader(reader), seeker: this.#seeker, track })
    }
  }

  #createReader (source: ByteReader, maxReadBytes: number, maxReads = MAX_READS): ReadAheadReader {
    const { cached } = this.#parts
    return new ReadAheadReader(source, { cached, maxReadBytes, maxReads, readAheadBytes: MIN_READ_BYTES })
  }

  #toTicks (atMicros: number): number {
    if (atMicros === Number.MAX_SAFE_INTEGER) return Infinity
    return Math.floor(((atMicros + TOLERANCE_MICROS) * this.info.timescale) / 1e6) + this.#parts.zeroTicks
  }

  /** @param known packets by the offset of their blocks, so that ranges share them */
  async #readPackets (
    { elements, track }: LookupContext,
    blocks: readonly Block[],
    known: Map<number, CodedPacket>
  ): Promise<CodedPacket[]> {
    const packets: CodedPacket[] = []
    for (const block of blocks) {
      const pts = block.ticks - this.#parts.zeroTicks
      if (pts < 0) throw new RangedExtractionError('a frame is shown before the beginning')
      const { start, isKey } = block
      const packet = known.get(start) ?? { pts, isKey, data: await readPacket(elements, track, block) }
      known.set(start, packet)
      packets.push(packet)
    }
    return packets
  }
}
