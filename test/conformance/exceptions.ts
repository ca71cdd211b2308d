/** A file of which something other than the expected is right, or cannot be decided. */
export interface Exception {
  /** What every miss of the file has to say, so that nothing else hides behind the argument. */
  readonly miss: RegExp
  /** Why, with what can be checked. */
  readonly argument: string
}

/** The misses that are argued, by file. Whoever adds one shows the evidence; with five of them the suite fails its purpose. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'libwebm-invalid_vp9_bitstream-bug_1416.webm': {
    miss: /^422 video_limits_exceeded, not corrupt_video$/,
    argument: 'Both are true of it. Its header says 12336 x 12336 pixels (bytes of "0", as are most of the file), over `POSTERFRAME_MAX_PIXELS`, and what is too large is refused before ' +
      'any of it is decoded; that it is damaged shows only in decoding. With `POSTERFRAME_MAX_PIXELS=160000000` it is `corrupt_video`.'
  },
  'media3-pixel-motion-photo-2-hevc-tracks.mp4': {
    miss: /^duration is 2\.142412, not 2\.109033$/,
    argument: 'Nobody wrote how long the last frame of its longest track lasts: the time-to-sample table says 0. The service takes the time of the frame before it (41.7 ms, 24 a second there), ' +
      'ffmpeg guesses 8.3 ms from a rate of 120 a second, that no frame has. The table alone would end at 2.1007 s, at the start of that frame. Every frame that was asked for is right.'
  }
}

/** Whether a file has misses, all of which are argued. */
export function isArgued (file: string, misses: readonly string[]): boolean {
  const exception = EXCEPTIONS[file]
  return exception !== undefined && misses.length > 0 && misses.every((miss) => exception.miss.test(miss))
}
