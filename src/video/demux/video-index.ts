import type { IndexSummary } from './index-summary.ts'
import type { TrackInfo, PacketRange, Moment } from '../media/track.ts'
import type { ByteReader } from '../source/byte-source.ts'
import type { Seek } from '../../options/frame-options.ts'

/** The result of looking up a frame by its place. */
export interface LocatedFrame {
  /** Number of shown frames of the video. */
  readonly frames: number
  /** Presentation time; undefined if the place is past the last frame. */
  readonly atMicros: number | undefined
}

/** The index of a video, which finds and reads the packets of a frame with few requests. */
export interface VideoIndex {
  readonly info: TrackInfo
  readonly summary: IndexSummary
  /** Memory of the index, for the index cache; grows as more of the index is read. */
  readonly memoryBytes: number
  /**
   * Reads the packets that lead to the last frame shown at or before a time, with `TOLERANCE_MICROS`. A time before the
   * first frame gives the first one, `Number.MAX_SAFE_INTEGER` the last one. With the seek mode `keyframe`, reads the
   * last key frame shown by then.
   *
   * @throws RangedExtractionError if the right frame cannot be guaranteed; as the source
   */
  readPacketRange(source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRange>
  /**
   * As `readPacketRange` for several moments, with few requests; returns the packet ranges in the order of the moments.
   * Packets that ranges share are read once.
   *
   * @throws RangedExtractionError if the right frame cannot be guaranteed for one of them, or they take too many
   * packets together
   */
  readPacketRanges(source: ByteReader, moments: readonly Moment[]): Promise<PacketRange[]>
  /**
   * Extends a packet range to the key frame before it, for decoders that drop the first frames after a recovery point.
   * Only the packets in between are read.
   *
   * @param range as returned by this index
   * @throws RangedExtractionError if no key frame comes before it, the range becomes too large, and as
   * `readPacketRange`
   */
  readEarlier(source: ByteReader, range: PacketRange): Promise<PacketRange>
  /**
   * Finds the shown frame at a place in the order of presentation, counted from 0. Absent if the index does not know
   * every frame.
   *
   * @throws RangedExtractionError if the index of this video does not; as the source
   */
  locateFrame?(source: ByteReader, place: number): Promise<LocatedFrame>
  /**
   * Reads up to `count` key frames that are spread evenly over the video, each as a packet range of one packet.
   *
   * @throws RangedExtractionError as `readPacketRange`
   */
  readKeyFrames(source: ByteReader, count: number): Promise<PacketRange[]>
}
