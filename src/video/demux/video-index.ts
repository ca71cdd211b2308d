import type { IndexSummary } from './index-summary.ts'
import type { TrackInfo, PacketRange, Moment } from '../media/track.ts'
import type { ByteReader } from '../source/byte-source.ts'
import type { Seek } from '../../options/frame-options.ts'

/** Answers where a moment of a video lies, reading little. */
export interface VideoIndex {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  /** Memory that it occupies, for the cache; grows with what it has read. */
  readonly memoryBytes: number
  /**
   * Reads the run to the last frame shown at or before a moment (before the first frame: to the first; from
   * `Number.MAX_SAFE_INTEGER`: to the last), with one microsecond of tolerance; with `keyframe` to the last key frame
   * shown by then.
   *
   * @throws RangedExtractionError where it has doubts; what the source throws
   */
  readPacketRange(source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange>
  /**
   * Like `readPacketRange` for several moments at once, in few reads; the runs in the order of the moments. What runs
   * share is read once.
   *
   * @throws RangedExtractionError where it has doubts about one of them, or they are too much at once
   */
  readPacketRanges(source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]>
  /**
   * Begins a run of `readPacketRange` one key frame earlier, for where the decoder holds back what comes first after
   * a recovery point; only the packets in between are read.
   *
   * @param run of this index, as it came
   * @throws RangedExtractionError where no key frame comes before it, too much lies in between, and as
   * `readPacketRange`
   */
  readEarlier(source: ByteReader, run: PacketRange): Promise<PacketRange>
  /**
   * Reads up to `count` key frames that are spread evenly over the video, each a run of one packet.
   *
   * @throws RangedExtractionError as `readPacketRange`
   */
  readKeyFrames(source: ByteReader, count: number): Promise<PacketRange[]>
}
