import { setTimeout as delay } from 'node:timers/promises'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { startDeadline } from '../../limits/deadline.ts'
import type { ThumbnailOptions } from '../../options/thumbnail-options.ts'
import type { MakeContext, StoredSource } from '../../thumbnails/thumbnail.ts'
import type { CommandService } from '../cli-context.ts'
import type { ListedSource } from './source-list.ts'

/** A thumbnail to generate for each source. The name is absent if it is the only one. */
export interface BackfillThumbnail {
  readonly name?: string
  readonly options: ThumbnailOptions
}

/** A thumbnail that could not be generated. */
export interface Failure {
  readonly name: string | undefined
  readonly error: PosterframeError
}

/** The result of processing one source. */
export interface SourceOutcome {
  /** Thumbnails that were generated. */
  readonly made: number
  /** Thumbnails that were already in the store. */
  readonly found: number
  readonly failures: readonly Failure[]
  /** Number of attempts, the first included. */
  readonly attempts: number
}

/** Generates the thumbnails of one source, or finds them in the store. Never rejects. */
export type ProcessSource = (source: ListedSource) => Promise<SourceOutcome>

/** Settings for processing sources. */
export interface ProcessSettings {
  readonly thumbnails: readonly [BackfillThumbnail, ...BackfillThumbnail[]]
  /** Deadline of one attempt. */
  readonly timeoutMs: number
  /** Maximum number of attempts, used up only by temporary failures. */
  readonly maxAttempts: number
  /** Once it aborts, no failure is retried. */
  readonly interruption: AbortSignal
}

const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000

/** Creates the function that processes one source. */
export function createProcessSource (
  service: Pick<CommandService, 'makeThumbnail' | 'makeBatch'>,
  { thumbnails, timeoutMs, maxAttempts, interruption }: ProcessSettings
): ProcessSource {
  return async (source) => {
    for (let attempts = 1; ; attempts++) {
      const outcome = await attempt(source)
      const isRetryable = outcome.failures.some(({ error }) => error.retryable)
      if (!isRetryable || attempts >= maxAttempts || interruption.aborted) return { ...outcome, attempts }
      await pause(attempts, outcome.failures)
    }
  }

  async function attempt (source: ListedSource): Promise<Omit<SourceOutcome, 'attempts'>> {
    const deadline = startDeadline(timeoutMs)
    try {
      const results = await make(
        { kind: 'stored', bucket: source.bucket, key: source.key },
        { signal: deadline.signal }
      )
      return sumResults(results)
    } catch (error) {
      const failure = toPosterframeError(error, deadline.signal)
      return { made: 0, found: 0, failures: thumbnails.map(({ name }) => ({ name, error: failure })) }
    } finally {
      deadline.clear()
    }
  }

  async function make (
    source: StoredSource,
    context: MakeContext
  ): Promise<ReadonlyArray<{ readonly cached: boolean } | PosterframeError>> {
    const [only, ...others] = thumbnails
    if (others.length === 0) {
      return [(await service.makeThumbnail({ source, options: only.options }, context)).thumbnail]
    }
    const items = thumbnails.map(({ options }) => options)
    return (await service.makeBatch({ source, items }, context)).batch.thumbnails
  }

  function sumResults (
    results: ReadonlyArray<{ readonly cached: boolean } | PosterframeError>
  ): Omit<SourceOutcome, 'attempts'> {
    const failures = results.flatMap((result, index) =>
      isPosterframeError(result) ? [{ name: thumbnails[index]?.name, error: result }] : []
    )
    const found = results.filter((result) => !isPosterframeError(result) && result.cached).length
    return { made: results.length - failures.length - found, found, failures }
  }

  /** Waits before a retry: exponential backoff, or the `retryAfterSeconds` of an error if longer, with jitter. */
  async function pause (attempts: number, failures: readonly Failure[]): Promise<void> {
    const retryAfterMs = Math.max(0, ...failures.map(({ error }) => (error.retryAfterSeconds ?? 0) * 1000))
    const ms = Math.max(retryAfterMs, Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1)))
    await delay(ms * (0.5 + Math.random() / 2), undefined, { signal: interruption }).catch(() => {})
  }
}

function toPosterframeError (error: unknown, signal: AbortSignal): PosterframeError {
  if (isPosterframeError(error)) return error
  // Node's streams wrap the reason of a signal in an AbortError.
  if (isPosterframeError(signal.reason)) return signal.reason
  return new PosterframeError('internal_error', {
    cause: error,
    detail: error instanceof Error ? error.message : String(error)
  })
}
