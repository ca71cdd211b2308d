import type { Seek } from '../../options/frame-options.ts'

/** The codecs that a clip can carry. */
export type VideoCodec = 'h264' | 'hevc' | 'vp8' | 'vp9' | 'av1'

/** Colour as coded numbers (ISO/IEC 23091-2). */
export interface ColourTag {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly isFullRange: boolean
}

/** What the container says of the chosen video track; all that a clip and its filters need to know. */
export interface TrackInfo {
  readonly container: 'mp4' | 'mov' | 'matroska' | 'webm'
  readonly codec: VideoCodec
  /**
   * Four characters of the sample entry that a clip in MP4 bears: `avc1`, `avc3`, `hvc1`, `hev1`, `vp08`, `vp09`,
   * `av01`.
   */
  readonly sampleEntry: string
  /** The decoder's configuration record (payload of avcC, hvcC, vpcC, av1C); empty where the codec has none. */
  readonly codecConfig: Buffer
  /** Coded size in pixels, as the container says it. */
  readonly width: number
  readonly height: number
  /** Ticks per second of every `pts`. */
  readonly timescale: number
  /**
   * The display matrix as stored: 9 fixed-point integers (ISO/IEC 14496-12, section 6.2.2); the unit matrix where
   * there is none.
   */
  readonly matrix: readonly number[]
  readonly pixelAspect: { readonly across: number, readonly down: number } | undefined
  readonly colour: ColourTag | undefined
  /** End of the last video or audio that is presented; null where nobody wrote it. */
  readonly durationMicros: number | null
}

/**
 * A packet with its bytes. `pts` is in ticks on the presentation timeline, every edit applied: 0 is where it starts.
 */
export interface CodedPacket {
  readonly pts: number
  readonly isKey: boolean
  readonly data: Buffer
}

/**
 * The packets that lead to one frame: in decode order, from a key frame that does not need what is before it, each
 * whole, contiguous in decode order, ending on the target.
 */
export interface PacketRange {
  readonly packets: readonly CodedPacket[]
  readonly targetPts: number
  /** True if the target is a key frame. */
  readonly isKey: boolean
}

/** A moment of a video, and which frame is meant by it; see `VideoIndex.readPacketRange`. */
export interface Moment {
  readonly atMicros: number
  readonly seek: Seek
}
