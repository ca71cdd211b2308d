import type { Mode } from './service.ts'

/** A file of which something other than the expected is right, or cannot be decided. */
export interface Exception {
  /** What every miss of the file has to say, so that nothing else hides behind the argument. */
  readonly miss: RegExp
  /** The only way that it is said of; both where not given. */
  readonly mode?: Mode
  /** Why, with what can be checked. */
  readonly argument: string
}

/**
 * The misses that are argued, by file. Whoever adds one shows the evidence; with five of them the suite fails its
 * purpose.
 */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'libwebm-invalid_vp9_bitstream-bug_1416.webm': {
    miss: /^422 video_limits_exceeded, not corrupt_video$/,
    argument:
      'Both are true of it. Its header says 12336 x 12336 pixels (bytes of "0", as are most of the file), over ' +
      '`POSTERFRAME_MAX_PIXELS`, and what is too large is refused before ' +
      'any of it is decoded; that it is damaged shows only in decoding. With `POSTERFRAME_MAX_PIXELS=160000000` ' +
        'it is `corrupt_video`.'
  },
  'media3-pixel-motion-photo-2-hevc-tracks.mp4': {
    miss: /^duration is 2\.142412, not 2\.109033$/,
    mode: 'default',
    argument:
      'Nobody wrote how long the last frame of its longest track lasts: the time-to-sample table says 0. The ' +
      'service takes the time of the frame before it (41.7 ms, 24 a second there), ' +
      'ffmpeg guesses 8.3 ms from a rate of 120 a second, that no frame has. The table alone would end at 2.1007 ' +
        's, at the start of that frame. Every frame that was asked for is right.'
  },
  'media3-sample_vvc.mp4': {
    miss: /^a picture, not unsupported_codec$/,
    argument:
      'The suite expects what FFmpeg 5.1 can, which made its truth and has no decoder for VVC. FFmpeg has one ' +
      'since 7.1, and libav here is of 8.1: it says nothing of damage in any of the 120 ' +
      'frames, and shows Big Buck Bunny fade in.'
  },
  'media3-sample_with_invalid_nalu.mp4': {
    miss: /^(90%|last|end|random \d): 422 corrupt_video$/,
    mode: 'full',
    argument:
      'One of its 30 frames cannot be taken apart. The three behind it on the screen were decoded before it and ' +
      'are whole; the fast way, which comes first, reads no packet behind the ' +
      'one that is wanted and gives them. The general way decodes the file, and of what the decoder says before ' +
      'such a frame comes out it cannot tell whether it is about a packet in front: ' +
      'it refuses rather than show what may be smeared.'
  }
}

/** Whether a file has misses in a way, all of which are argued. */
export function isArgued (file: string, mode: Mode, misses: readonly string[]): boolean {
  const exception = EXCEPTIONS[file]
  return (
    exception !== undefined &&
    (exception.mode ?? mode) === mode &&
    misses.length > 0 &&
    misses.every((miss) => exception.miss.test(miss))
  )
}
