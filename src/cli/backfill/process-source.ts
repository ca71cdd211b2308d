import { setTimeout as delay } from 'node:timers/promises'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { startDeadline } from '../../limits/deadline.ts'
import type { ThumbnailOptions } from '../../options/thumbnail-options.ts'
import type { MakeContext } from '../../thumbnails/thumbnail.ts'
import type { CommandService } from '../cli-context.ts'
import type { ListedSource } from './source-list.ts'

/** A thumbnail that each source is to have; without a name where it is the only one. */
export interface WantedThumbnail {
  readonly name?: string
  readonly options: ThumbnailOptions
}

/** A thumbnail that could not be made. */
export interface Failure {
  readonly name: string | undefined
  readonly error: PosterframeError
}

/** What became of one source. */
export interface SourceOutcome {
  readonly made: number
  readonly found: number
  readonly failures: readonly Failure[]
  /** How often it was tried, in all. */
  readonly attempts: number
}

/** How sources are tried. */
export interface MakeSourceSettings {
  readonly wanted: readonly [WantedThumbnail, ...WantedThumbnail[]]
  readonly timeoutMs: number
  /** Tries at most, where each fails in a way that may pass. */
  readonly maxAttempts: number
  /** From then on nothing is tried again. */
  readonly interruption: AbortSignal
}

const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000

/** Builds what makes the thumbnails of one source, or finds them. It never throws. */
export function createMakeSource (
  service: Pick<CommandService, 'makeThumbnail' | 'makeBatch'>,
  { wanted, timeoutMs, maxAttempts, interruption }: MakeSourceSettings
): (source: ListedSource) => Promise<SourceOutcome> {
  return async (source) => {
    for (let attempts = 1; ; attempts++) {
      const outcome = await attempt(source)
      const mayPass = outcome.failures.some(({ error }) => error.retryable)
      if (!mayPass || attempts >= maxAttempts || interruption.aborted) return { ...outcome, attempts }
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
      const failure = toFailure(error, deadline.signal)
      return { made: 0, found: 0, failures: wanted.map(({ name }) => ({ name, error: failure })) }
    } finally {
      deadline.clear()
    }
  }

  async function make (
    source: { readonly kind: 'stored', readonly bucket: string, readonly key: string },
    context: MakeContext
  ): Promise<ReadonlyArray<{ readonly cached: boolean } | PosterframeError>> {
    const [only, ...others] = wanted
    if (others.length === 0) {
      return [(await service.makeThumbnail({ source, options: only.options }, context)).thumbnail]
    }
    return (await service.makeBatch({ source, items: wanted.map(({ options }) => options) }, context)).batch.thumbnails
  }

  function sumResults (
    results: ReadonlyArray<{ readonly cached: boolean } | PosterframeError>
  ): Omit<SourceOutcome, 'attempts'> {
    const failures = results.flatMap((result, place) =>
      isPosterframeError(result) ? [{ name: wanted[place]?.name, error: result }] : []
    )
    const found = results.filter((result) => !isPosterframeError(result) && result.cached).length
    return { made: results.length - failures.length - found, found, failures }
  }

  /** Twice as long each time, and never for all at the same moment. */
  async function pause (attempts: number, failures: readonly Failure[]): Promise<void> {
    const askedMs = Math.max(0, ...failures.map(({ error }) => (error.retryAfterSeconds ?? 0) * 1000))
    const ms = Math.max(askedMs, Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1)))
    await delay(ms * (0.5 + Math.random() / 2), undefined, { signal: interruption }).catch(() => {})
  }
}

function toFailure (error: unknown, signal: AbortSignal): PosterframeError {
  if (isPosterframeError(error)) return error
  // Node's streams wrap the reason of a signal in an AbortError.
  if (isPosterframeError(signal.reason)) return signal.reason
  return new PosterframeError('internal_error', {
    cause: error,
    detail: error instanceof Error ? error.message : String(error)
  })
}
