import { PosterframeError } from '../../errors.ts'
import type { ProcessLimits, RunResult } from '../../sandbox/run-process.ts'

/** 36 million pixels in 17 reference pictures take 0.9 GB; the deadline bounds the time, this a decoder gone mad. */
export const DECODE_LIMITS: ProcessLimits = { cpuSeconds: 120, memoryBytes: 2 * 2 ** 30 }

/** An honest file costs ffmpeg a second of CPU for some 100 MB of it; a bomb is small and costs much. */
export function listLimits (bytes: number): ProcessLimits {
  return { cpuSeconds: 2 + bytes / 50e6, memoryBytes: 2 ** 30 + bytes / 4 }
}

/** Whether a process was ended by its limits. */
export function isOutOfLimits ({ killedBy, isSpent, stderrTail }: RunResult): boolean {
  // The kernel kills at the limit of CPU time without a word. Before that could be reached, somebody else did.
  return killedBy === 'SIGXCPU' || (killedBy === 'SIGKILL' && isSpent) || /Cannot allocate memory/.test(stderrTail)
}

/** What ffmpeg says, and what it means for the sender. The first that fits counts. */
const FAILURES: ReadonlyArray<readonly [RegExp, () => PosterframeError]> = [
  [/does not contain any stream/, () => new PosterframeError('no_video_track')],
  [
    /Decoder \(codec [^)]*\) not found|Decoding requested, but no decoder found|Unsupported codec/i,
    () => new PosterframeError('unsupported_codec')
  ],
  [
    /Picture size \d+x\d+ (is invalid|exceeds)|exceeds (the )?(maximum|max_pixels|specified max pixel count)/i,
    () => new PosterframeError('video_limits_exceeded', { detail: 'The picture is larger than is decoded here.' })
  ]
]

/** What the end of a process means for whoever sent the video. */
export function explainFailure (result: RunResult): PosterframeError {
  if (isOutOfLimits(result)) {
    return new PosterframeError('video_limits_exceeded', {
      detail: 'Reading the video takes more time or memory than it may.'
    })
  }
  const [, make] = FAILURES.find(([pattern]) => pattern.test(result.stderrTail)) ?? []
  return (
    make?.() ??
    new PosterframeError('corrupt_video', {
      cause: new Error(`ffmpeg ended with ${result.killedBy ?? `exit code ${result.exitCode}`}: ${result.stderrTail}`)
    })
  )
}
