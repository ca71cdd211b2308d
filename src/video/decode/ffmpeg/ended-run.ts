import type { RunResult } from '../../../sandbox/run-process.ts'
import { isMachineFault, isOutOfLimits } from '../decode-limits.ts'
import { DecoderCrashError, DecoderLimitError } from '../decoder-failure.ts'

/** First line of ffmpeg's stderr. */
const BANNER = /^ffmpeg version \S/

/** What the stderr of a run shows about its start. */
export interface RunStart {
  readonly take: (line: string) => void
  /** True once ffmpeg has printed its banner: its launcher has done its work. */
  readonly hasStarted: boolean
  /** True once ffmpeg has said something after its banner, whose other lines are indented. */
  readonly hasSpoken: boolean
}

/** Watches the stderr of a run, and passes each line on. */
export function watchStart (onLine: (line: string) => void = () => {}): RunStart {
  let hasStarted = false
  let hasSpoken = false
  return {
    take (line) {
      if (hasStarted) hasSpoken ||= /^\S/.test(line)
      else hasStarted = BANNER.test(line)
      onLine(line)
    },
    get hasStarted () {
      return hasStarted
    },
    get hasSpoken () {
      return hasSpoken
    }
  }
}

/**
 * Returns the error for a run whose end says nothing about the video: ffmpeg did not start, did not speak, was killed,
 * or failed by its own limits or by those of the machine.
 *
 * @returns undefined if ffmpeg ended by itself and said something about the video
 */
export function endedRunError (
  result: RunResult,
  { hasStarted, hasSpoken }: RunStart
): DecoderCrashError | DecoderLimitError | undefined {
  const { exitCode, killedBy, stderrTail } = result
  if (exitCode === 0) return hasStarted ? undefined : crash(false)
  if (!hasStarted) return crash(false)
  if (isOutOfLimits(result)) return new DecoderLimitError(`ffmpeg reached its limits: ${stderrTail}`)
  return killedBy !== null || !hasSpoken || isMachineFault(result) ? crash(true) : undefined

  function crash (isFfmpeg: boolean): DecoderCrashError {
    return new DecoderCrashError(killedBy, exitCode, { hasStarted: isFfmpeg, log: stderrTail })
  }
}
