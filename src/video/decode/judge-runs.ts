import { PosterframeError } from '../../errors.ts'
import { exhaustionError } from '../../limits/exhaustion.ts'
import { processLimitError } from './decode-limits.ts'
import { DecoderCrashError, DecoderLimitError } from './decoder-failure.ts'

/** Time for which a decoded known picture proves that the machine can decode. */
const PROOF_VALID_MS = 5000
/** Time that a verdict is remembered which rests on the end of the decoder, and not on what it says of the video. */
const REMEMBER_SECONDS = 5 * 60
const RETRY_AFTER_SECONDS = 1

/**
 * Runs a job, and repeats it once if the decoder ended without a word about the video.
 *
 * @param prove decodes a known picture; called only after a failure that could be the video's
 * @throws PosterframeError `overloaded` for the second such end; `corrupt_video` or `video_limits_exceeded` only if the
 * decoder had started both times and ended by its own crash or limit, and decoded the known picture in between. Errors
 * of `run`
 */
export type JudgeRuns = <T>(run: () => Promise<T>, prove: () => Promise<unknown>) => Promise<T>

/**
 * Creates the judge of one decoder's runs. It remembers for some seconds that the known picture was decoded, so that a
 * flood of bad files does not double the work.
 *
 * @param now clock in milliseconds
 */
export function createJudge (now: () => number = () => performance.now()): JudgeRuns {
  let provenAt = -Infinity

  async function canDecode (prove: () => Promise<unknown>): Promise<boolean> {
    if (now() - provenAt <= PROOF_VALID_MS) return true
    try {
      await prove()
    } catch {
      return false
    }
    provenAt = now()
    return true
  }

  return async (run, prove) => {
    try {
      return await run()
    } catch (first) {
      const fault = classify(first)
      if (fault === undefined) throw first
      const isProven = fault !== 'machine' && (await canDecode(prove))
      try {
        return await run()
      } catch (second) {
        throw findVerdict(second, isProven)
      }
    }
  }
}

type Fault = 'machine' | 'crash' | 'limit'

/** Returns what ended a run; undefined for an error about the video, a bug, and an aborted signal. */
function classify (error: unknown): Fault | undefined {
  if (error instanceof DecoderLimitError) return 'limit'
  if (error instanceof DecoderCrashError) return error.isOwnCrash ? 'crash' : 'machine'
  return exhaustionError(error) === undefined ? undefined : 'machine'
}

function findVerdict (error: unknown, isProven: boolean): unknown {
  const fault = classify(error)
  if (fault === undefined) return error
  if (isProven && fault === 'crash') {
    return new PosterframeError('corrupt_video', { cause: error, rememberSeconds: REMEMBER_SECONDS })
  }
  if (isProven && fault === 'limit') return processLimitError(error, REMEMBER_SECONDS)
  return new PosterframeError('overloaded', {
    detail: 'The machine could not run the decoder, which says nothing about the video. Try again later.',
    cause: error,
    retryAfterSeconds: RETRY_AFTER_SECONDS
  })
}
