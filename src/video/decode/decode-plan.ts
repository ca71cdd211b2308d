// This file imports only types: the libav worker, which loads it, cannot read files outside this folder.
import type { Container } from '../media/container.ts'

/** Maximum number of packets in a listing: 24 hours at 120 frames a second, with audio. */
export const MAX_PACKETS = 15_000_000

/**
 * Decoders that support a separate alpha channel, as in WebM (RFC 9559, `AlphaMode`), by codec. ffmpeg's own decoders
 * of VP8 and VP9 ignore it.
 */
export const ALPHA_DECODERS: Readonly<Record<string, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' }

/** Demuxers of streams, which can be joined by copying one behind the other, and whose clock then restarts. */
export const STREAM_DEMUXERS: ReadonlySet<string> = new Set(['mpegts', 'mpeg'])

/** A file on scratch for the decoder to open, and how to open it. */
export interface DecoderInput {
  readonly path: string
  readonly container: Pick<Container, 'demuxer'>
  /** True to probe the file for properties that the container lacks; a remuxed segment lacks none. */
  readonly isProbed: boolean
  /** Name of the codec's decoder; undefined: the default of ffmpeg. */
  readonly decoderName?: string
  /** Number of decoding threads: the share of one slot. */
  readonly threads: number
  /** Largest coded picture in pixels; the decoder rejects a larger one before it allocates memory. */
  readonly maxPixels: number
  /**
   * Display matrix that rotates and mirrors the frames, 9 fixed-point integers (ISO/IEC 14496-12, section 6.2.2);
   * undefined: that of the file, as the decoder reads it.
   */
  readonly matrix?: readonly number[] | undefined
  /** Size of the file in bytes, which bounds the cost of listing it. */
  readonly bytes: number
  /** Packets of the chosen track to read in place. Only libav supports it; the program reads a file of its own. */
  readonly range?: CutPlan
  /** The bytes to read as if they were the whole file; absent: all. */
  readonly slice?: ByteSlice
  /** Place of the track to decode among the video tracks that are no cover pictures; absent: the decoder chooses. */
  readonly videoTrack?: number | undefined
  /** True to read an MP4 as if it had no edit lists, so that times are those of the media. */
  readonly ignoresEdits?: boolean
}

/** Bytes of a file, from `start` up to but not including `end`. */
export interface ByteSlice {
  readonly start: number
  readonly end: number
}

/** Returns the URL of a video for libavformat, and the protocols that it needs. */
export function describeInput ({ path, slice }: { readonly path: string, readonly slice?: ByteSlice | undefined }): {
  readonly url: string
  readonly protocols: readonly string[]
} {
  const url = `file:${path}`
  return slice === undefined
    ? { url, protocols: ['file'] }
    : { url: `subfile,,start,${slice.start},end,${slice.end},,:${url}`, protocols: ['file', 'subfile'] }
}

/** Packets of the chosen track to select, from the first key frame after seeking. */
export interface CutPlan {
  /** Seek position on the clock of the container; undefined: the beginning. */
  readonly seekSeconds: number | undefined
  readonly packetCount: number
}

/** Frames to output, and their filters. */
export interface DecodeBranch {
  /** Presentation times of the requested frames, in ticks of the track. */
  readonly pts: readonly number[]
  /** Filters to apply to the selected frames. */
  readonly filters: string
}

/** The part of the video to decode. */
export interface DecodeExtent {
  /** Seek position on the clock of the container; undefined: the beginning. */
  readonly seekSeconds: number | undefined
  readonly keyFramesOnly: boolean
}

/** Frames to decode, and their filters. */
export interface DecodePlan extends DecodeBranch, DecodeExtent {}

/** Frames to decode once, with several sets of filters. */
export interface BranchedPlan extends DecodeExtent {
  readonly branches: readonly DecodeBranch[]
}

/** Returns a plan of a single branch. */
export function asBranchedPlan ({ pts, filters, ...extent }: DecodePlan): BranchedPlan {
  return { ...extent, branches: [{ pts, filters }] }
}
