import type { Seek } from '../thumbnails/options.ts'
import type { IndexSummary } from './index-summary.ts'

/**
 * The fast way meets something that it does not know to be plain, and leaves the video to the general way. Not an error
 * for the sender: `message` says why, for the log and the tables of what falls back.
 */
export class NotPlainError extends Error {
  override readonly name = 'NotPlainError'
}

/** The codecs that a clip can carry. */
export type ClipCodec = 'h264' | 'hevc' | 'vp8' | 'vp9' | 'av1'

/** Colour as coded numbers (ISO/IEC 23091-2). */
export interface ColourTag {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly isFullRange: boolean
}

/** What the container says of the chosen video track; all that a clip and its filters need to know. */
export interface TrackFacts {
  readonly container: 'mp4' | 'mov' | 'matroska' | 'webm' | 'mpegts'
  readonly codec: ClipCodec
  /** Four characters of the sample entry that a clip in MP4 bears: `avc1`, `avc3`, `hvc1`, `hev1`, `vp08`, `vp09`, `av01`. */
  readonly sampleEntry: string
  /** The decoder's configuration record (payload of avcC, hvcC, vpcC, av1C); empty where the codec has none. */
  readonly codecConfig: Buffer
  /** Coded size in pixels, as the container says it. */
  readonly width: number
  readonly height: number
  /** Ticks per second of every `pts`. */
  readonly timescale: number
  /** The display matrix as stored: 9 fixed-point integers (ISO/IEC 14496-12, section 6.2.2); the unit matrix where there is none. */
  readonly matrix: readonly number[]
  readonly pixelAspect: { readonly across: number, readonly down: number } | undefined
  readonly colour: ColourTag | undefined
  /** End of the last video or audio that is presented; null where nobody wrote it. */
  readonly durationMicros: number | null
}

/** A packet with its bytes. `pts` is in ticks on the presentation timeline, every edit applied: 0 is where it starts. */
export interface ClipPacket {
  readonly pts: number
  readonly isKey: boolean
  readonly data: Buffer
}

/**
 * The packets that lead to one frame: in decode order, from a key frame that does not need what is before it, each whole,
 * contiguous in decode order, ending on the target.
 */
export interface PacketRun {
  readonly packets: readonly ClipPacket[]
  readonly targetPts: number
  /** Whether the target is a key frame. */
  readonly isKey: boolean
}

/** A moment of a video, and which frame is meant by it; see `VideoIndex.readRun`. */
export interface Moment {
  readonly atMicros: number
  readonly seek: Seek
}

/** Answers where a moment of a video lies, reading little. */
export interface VideoIndex {
  readonly facts: TrackFacts
  readonly summary: IndexSummary
  /** What it takes in memory, for the cache; grows with what it has read. */
  readonly memoryBytes: number
  /**
   * Reads the run to the last frame shown at or before a moment (before the first frame: to the first; from
   * `Number.MAX_SAFE_INTEGER`: to the last), with one microsecond of tolerance; with `keyframe` to the last key frame
   * shown by then.
   *
   * @throws NotPlainError where it has doubts; what the source throws
   */
  readRun (source: ByteReader, atMicros: number, seek: Seek): Promise<PacketRun>
  /**
   * As `readRun` for several moments at once, in few reads; the runs in the order of the moments. What runs share is read once.
   *
   * @throws NotPlainError where it has doubts about one of them, or they are too much at once
   */
  readRuns (source: ByteReader, moments: readonly Moment[]): Promise<PacketRun[]>
  /**
   * Begins a run of `readRun` one key frame earlier, for where the decoder holds back what comes first after a recovery
   * point; only the packets in between are read.
   *
   * @param run of this index, as it came
   * @throws NotPlainError where no key frame comes before it, too much lies in between, and as `readRun`
   */
  readEarlier (source: ByteReader, run: PacketRun): Promise<PacketRun>
  /**
   * Reads up to `count` key frames that are spread evenly over the video, each a run of one packet.
   *
   * @throws NotPlainError as `readRun`
   */
  readKeyFrames (source: ByteReader, count: number): Promise<PacketRun[]>
}

/** As much of a byte source as an index needs: exactly the bytes from `start` up to but not including `end`. */
export interface ByteReader {
  readonly bytes: number
  read (start: number, end: number): Promise<Buffer>
}
