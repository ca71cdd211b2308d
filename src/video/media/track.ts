import type { Seek } from '../../options/frame-options.ts'

/** Codecs that a remuxed segment can carry. */
export type VideoCodec = 'h264' | 'hevc' | 'vp8' | 'vp9' | 'av1'

/** Colour as coded numbers (ISO/IEC 23091-2). */
export interface ColourTag {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly isFullRange: boolean
}

/** The chosen video track as its container describes it, as far as a remuxed segment and its filters need it. */
export interface TrackInfo {
  readonly container: 'mp4' | 'mov' | 'matroska' | 'webm'
  readonly codec: VideoCodec
  /** Type of the sample entry in a remuxed segment: `avc1`, `avc3`, `hvc1`, `hev1`, `vp08`, `vp09`, `av01`. */
  readonly sampleEntry: string
  /** The decoder configuration record (payload of avcC, hvcC, vpcC, av1C); empty if the codec has none. */
  readonly codecConfig: Buffer
  /** Coded size in pixels, as the container states it. */
  readonly width: number
  readonly height: number
  /** Ticks per second of every `pts`. */
  readonly timescale: number
  /**
   * The display matrix as stored: 9 fixed-point integers (ISO/IEC 14496-12, section 6.2.2); the unit matrix if there is
   * none.
   */
  readonly matrix: readonly number[]
  readonly pixelAspect: { readonly across: number, readonly down: number } | undefined
  readonly colour: ColourTag | undefined
  /** End of presentation of the longest video or audio track; null if the file does not state it. */
  readonly durationMicros: number | null
  /** True if another movie follows in the file, which is not shown. */
  readonly hasSecondMovie?: boolean
}

/** A packet with its bytes. `pts` is in ticks on the presentation timeline, which starts at 0, with edits applied. */
export interface CodedPacket {
  readonly pts: number
  readonly isKey: boolean
  readonly data: Buffer
}

/**
 * The packets that lead to one frame: contiguous in decode order, from a key frame that needs no packet before it to
 * the target.
 */
export interface PacketRange {
  readonly packets: readonly CodedPacket[]
  readonly targetPts: number
  /** Time at which edits present the target, if that is not `targetPts`; in the same ticks. */
  readonly presentedPts?: number
  /** True if the target is a key frame. */
  readonly isKey: boolean
}

/** A time in a video, and the seek mode that selects its frame; see `VideoIndex.readPacketRange`. */
export interface Moment {
  readonly atMicros: number
  readonly seek: Seek
}
