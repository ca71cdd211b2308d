import { PosterframeError } from '../../errors.ts'
import type { ProcessLimits, RunResult } from '../../sandbox/run-process.ts'
import type { Size } from '../media/scaled-size.ts'
import { type DecoderInput, MAX_PACKETS } from './decode-plan.ts'

/**
 * 36 million pixels in 17 reference pictures take 0.9 GB. The deadline bounds the time of a request; these limits
 * bound a runaway decoder.
 */
export const DECODE_LIMITS: ProcessLimits = { cpuSeconds: 120, memoryBytes: 2 * 2 ** 30 }

/** A normal file costs ffmpeg about a second of CPU per 100 MB; a bomb is small and costs much. */
export function listLimits (bytes: number): ProcessLimits {
  return { cpuSeconds: 2 + bytes / 50e6, memoryBytes: 2 ** 30 + bytes / 4 }
}

/** Returns whether a process was ended by its limits. */
export function isOutOfLimits ({ killedBy, mayHaveExhaustedCpu, stderrTail }: RunResult): boolean {
  // The kernel kills a process silently at its CPU limit. A process killed earlier was killed by something else.
  return killedBy === 'SIGXCPU' || (killedBy === 'SIGKILL' && mayHaveExhaustedCpu) || /Cannot allocate memory/.test(stderrTail)
}

/**
 * Returns `video_limits_exceeded` for a video whose pictures have more than `maxPixels` pixels.
 *
 * @param size the coded size, if it is known
 */
export function resolutionLimitError (maxPixels: number, size?: Size): PosterframeError {
  const resolution = size === undefined ? 'resolution' : `resolution of ${size.width} x ${size.height}`
  return new PosterframeError('video_limits_exceeded', {
    detail:
      `The video's ${resolution} exceeds the limit of ${maxPixels.toLocaleString('en')} pixels. ` +
      'Use a smaller version of the video; the operator sets the limit with POSTERFRAME_MAX_PIXELS.'
  })
}

/** Returns `video_limits_exceeded` for a video with more than `MAX_PACKETS` packets. */
export function packetLimitError (cause?: unknown): PosterframeError {
  const detail =
    `The video has more than ${MAX_PACKETS.toLocaleString('en')} packets, which is the limit. ` +
    'Split it into shorter videos.'
  return new PosterframeError('video_limits_exceeded', { detail, cause })
}

/** Returns `video_limits_exceeded` for a decoder that reached its limit of CPU time or memory. */
export function processLimitError (cause?: unknown): PosterframeError {
  const detail =
    'Reading the video takes more CPU time or memory than a decoder may use. ' +
    'Use a video with a lower resolution or a less demanding codec.'
  return new PosterframeError('video_limits_exceeded', { detail, cause })
}

/**
 * Exit code of ffmpeg 6.1 and later for an option, a filter or an encoder that it does not have: the lowest byte of
 * AVERROR_OPTION_NOT_FOUND and its like. The service has chosen them, so that it is not the video's fault.
 */
const NOT_FOUND_EXIT_CODE = 8

/** Errors by the messages that ffmpeg logs; the first match counts. */
const FAILURES: ReadonlyArray<readonly [RegExp, (match: readonly string[], maxPixels: number) => PosterframeError]> = [
  [/does not contain any stream/, () => new PosterframeError('no_video_track')],
  [
    /Decoder \(codec [^)]*\) not found|Decoding requested, but no decoder found|Unsupported codec/i,
    () => new PosterframeError('unsupported_codec')
  ],
  [
    // FFmpeg's own check says "Picture size", dav1d "Frame size".
    /(?:Picture|Frame) size (\d+)x(\d+) (?:is invalid|exceeds)|exceeds (?:the )?(?:maximum|max_pixels)/i,
    ([, width, height], maxPixels) =>
      width === undefined
        ? resolutionLimitError(maxPixels)
        : resolutionLimitError(maxPixels, { width: Number(width), height: Number(height) })
  ]
]

/** Returns the catalogue error for a decoder that ended without a result. */
export function explainFailure (result: RunResult, { maxPixels }: Pick<DecoderInput, 'maxPixels'>): PosterframeError {
  if (isOutOfLimits(result)) return processLimitError()
  for (const [pattern, makeError] of FAILURES) {
    const match = pattern.exec(result.stderrTail)
    if (match !== null) return makeError(match, maxPixels)
  }
  const cause = new Error(
    `ffmpeg ended with ${result.killedBy ?? `exit code ${result.exitCode}`}: ${result.stderrTail}`
  )
  return new PosterframeError(result.exitCode === NOT_FOUND_EXIT_CODE ? 'internal_error' : 'corrupt_video', { cause })
}
