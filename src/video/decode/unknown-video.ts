/**
 * Types of streams in MPEG-TS (ISO/IEC 13818-1, table 2-34, and registered values) that are video, in codecs that a
 * build of FFmpeg may not know: JPEG 2000, JPEG XS, VVC, EVC, LCEVC, AVS, Dirac, AVS2, AVS3 and VC-1. Such a build sees
 * a stream of an unknown kind, and not a video track.
 */
const VIDEO_STREAM_TYPES: ReadonlySet<number> = new Set([
  0x21, 0x32, 0x33, 0x34, 0x35, 0x36, 0x42, 0xd1, 0xd2, 0xd4, 0xea
])

/** Returns whether a stream of an unknown kind, in MPEG-TS, has the type of a video. */
export function isVideoStreamType (demuxer: string, type: number): boolean {
  return demuxer === 'mpegts' && VIDEO_STREAM_TYPES.has(type)
}
