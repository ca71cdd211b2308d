import { PosterframeError } from '../../errors.ts'
import type { ProcessLimits, RunResult } from '../../sandbox/run-process.ts'
import { DecoderCrashError, DecoderLimitError } from './decoder-failure.ts'
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

/**
 * Messages of ffmpeg about its own limits: SIGXCPU, which it catches, and a failed allocation. The second message is
 * that of the fourth signal.
 */
const OWN_LIMITS = /^Exiting normally, received signal 24|^Received > 3 system signals|^(?!\s).*Cannot allocate memory/m

/**
 * Messages of ffmpeg about the machine: any other signal that it caught, and threads or descriptors that it did not
 * get. Metadata is indented. EAGAIN about a packet is a matter of the decoder's own buffers.
 */
const MACHINE_FAULTS =
  /^Exiting normally, received signal (?!24)|^(?!\s|.*(?:submitting|while decoding)).*(?:Resource temporarily unavailable|Too many open files)/m

/** Returns whether a process that had started was ended by its own limits. */
export function isOutOfLimits ({ killedBy, stderrTail }: RunResult): boolean {
  return killedBy === 'SIGXCPU' || OWN_LIMITS.test(stderrTail)
}

/** Returns whether a process that had started failed by something that the machine could not give, or was stopped. */
export function isMachineFault ({ stderrTail }: Pick<RunResult, 'stderrTail'>): boolean {
  return MACHINE_FAULTS.test(stderrTail)
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

/**
 * Returns `video_limits_exceeded` for a decoder that reached its limit of CPU time or memory.
 *
 * @param rememberSeconds time that the failure may be remembered
 */
export function processLimitError (cause: unknown, rememberSeconds: number): PosterframeError {
  const detail =
    'Reading the video takes more CPU time or memory than a decoder may use. ' +
    'Use a video with a lower resolution or a less demanding codec.'
  return new PosterframeError('video_limits_exceeded', { detail, cause, rememberSeconds })
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

/**
 * Returns the error for a decoder that had started and ended without a result: one of the catalogue for what it said
 * about the video, otherwise `DecoderLimitError` or `DecoderCrashError`.
 */
export function explainFailure (result: RunResult, { maxPixels }: Pick<DecoderInput, 'maxPixels'>): Error {
  const { killedBy, exitCode, stderrTail } = result
  if (isOutOfLimits(result)) return new DecoderLimitError(`the decoder reached its limits: ${stderrTail}`)
  if (isMachineFault(result)) return new DecoderCrashError(killedBy, exitCode, { hasStarted: true, log: stderrTail })
  for (const [pattern, makeError] of FAILURES) {
    const match = pattern.exec(result.stderrTail)
    if (match !== null) return makeError(match, maxPixels)
  }
  const cause = new Error(
    `ffmpeg ended with ${result.killedBy ?? `exit code ${result.exitCode}`}: ${result.stderrTail}`
  )
  return new PosterframeError(result.exitCode === NOT_FOUND_EXIT_CODE ? 'internal_error' : 'corrupt_video', { cause })
}
