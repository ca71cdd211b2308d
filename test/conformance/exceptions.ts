import type { Mode } from './service.ts'

/** A file for which something other than the expected is right, or which cannot be decided. */
export interface Exception {
  /** Pattern of every miss of the file, so that the argument hides nothing else. */
  readonly miss: RegExp
  /** The only mode that the exception is for; both unless given. */
  readonly mode?: Mode
  /** The reasons, with what can be checked. */
  readonly argument: string
}

/**
 * Argued misses, by file. A new entry needs evidence. With five of them the suite would have lost its purpose, and a
 * test fails.
 */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'libwebm-invalid_vp9_bitstream-bug_1416.webm': {
    miss: /^422 video_limits_exceeded, not corrupt_video$/,
    argument:
      'Both codes are true. The header declares 12336 x 12336 pixels (bytes of "0", like most of the file), which ' +
      'is over `POSTERFRAME_MAX_PIXELS`. The service rejects the size before it decodes anything, and the ' +
      'corruption shows only in decoding. With `POSTERFRAME_MAX_PIXELS=160000000` the code is `corrupt_video`.'
  },
  'media3-pixel-motion-photo-2-hevc-tracks.mp4': {
    miss: /^duration is 2\.142412, not 2\.109033$/,
    mode: 'default',
    argument:
      'The file does not say how long the last frame of its longest track lasts: the time-to-sample table has 0. ' +
      'The service uses the duration of the frame before (41.7 ms, 24 frames a second there). ffmpeg assumes 8.3 ' +
      'ms, from a rate of 120 a second that no frame has. By the table alone the video would end at 2.1007 s, at ' +
      'the start of that frame. Every requested frame is right.'
  },
  'media3-sample_vvc.mp4': {
    miss: /^a picture, not unsupported_codec$/,
    argument:
      'The corpus expects what FFmpeg 5.1 can decode, which made its ground truth and has no decoder for VVC. ' +
      'FFmpeg has one since 7.1, and libav here is of 8.1. It reports no decode error in any of the 120 frames, ' +
      'which show Big Buck Bunny fade in.'
  },
  'media3-sample_with_invalid_nalu.mp4': {
    miss: /^(90%|last|end|random \d): 422 corrupt_video$/,
    mode: 'full',
    argument:
      'One of its 30 frames is corrupt. The three shown after it were decoded before it and are intact. Ranged ' +
      'extraction, which the service tries first, reads no packet after the requested one and returns them. The ' +
      'full download decodes the file and cannot tell whether a decode error before such a frame is about an ' +
      'earlier packet, so it rejects the request instead of returning a frame that may be corrupt.'
  }
}

/** Returns whether a file has misses in a mode and all of them are argued. */
export function isArgued (file: string, mode: Mode, misses: readonly string[]): boolean {
  const exception = EXCEPTIONS[file]
  return (
    exception !== undefined &&
    (exception.mode ?? mode) === mode &&
    misses.length > 0 &&
    misses.every((miss) => exception.miss.test(miss))
  )
}
