import type { Journal } from './journal.ts'
import type { SourceOutcome } from './process-source.ts'
import { findSkipReason, type SkipRules } from './skip-reason.ts'
import type { ListedSource, SourceList } from './source-list.ts'
import type { StatsCollector } from './stats.ts'

/** What a backfill goes by. */
export interface BackfillPlan {
  readonly list: SourceList
  readonly rules: SkipRules
  readonly journal: Journal
  /** Tries those again that the journal has as failed for good. */
  readonly retriesFailed: boolean
  /** How many sources are worked on at once. */
  readonly concurrency: number
  /** After so many failures no further source is begun. */
  readonly maxFailures: number
}

/** What a backfill does, and whom it tells. */
export interface BackfillParts {
  readonly makeSource: (source: ListedSource) => Promise<SourceOutcome>
  readonly stats: StatsCollector
  /** Is told of each source that was worked on, once the journal has it. */
  readonly onOutcome: (source: ListedSource, outcome: SourceOutcome) => void
  /** From then on no further source is begun. */
  readonly interruption: AbortSignal
}

/**
 * Works through a list, so many sources at a time, and holds no more of it than that. Resolves when all that was
 * begun has ended.
 *
 * @returns whether it stopped before the end because of failures
 * @throws what the list throws, once all that was begun has ended
 */
export async function runBackfill (
  plan: BackfillPlan,
  { makeSource, stats, onOutcome, interruption }: BackfillParts
): Promise<{ readonly hasGivenUp: boolean }> {
  const { journal } = plan
  const ended = new AbortController()
  const sources = selectSources(plan, stats, { ended: ended.signal, interruption })
  const hasGivenUp = () => stats.stats.failed >= plan.maxFailures

  async function work (): Promise<void> {
    while (!interruption.aborted && !ended.signal.aborted && !hasGivenUp()) {
      const next = await sources.next()
      if (next.done === true || interruption.aborted) return
      const source = next.value
      const outcome = await makeSource(source)
      journal.write(source, describeOutcome(outcome))
      stats.add(outcome)
      onOutcome(source, outcome)
    }
  }

  const workers = await Promise.allSettled(
    Array.from({ length: plan.concurrency }, async () => {
      try {
        await work()
      } catch (error) {
        // The others end what they have begun.
        ended.abort(error)
        throw error
      }
    })
  )
  ended.abort()
  const broken = workers.find((worker) => worker.status === 'rejected')
  if (broken !== undefined) throw broken.reason as Error
  return { hasGivenUp: hasGivenUp() }
}

/** The sources of a list that are left to be done; counts the others. */
export async function * selectSources (
  { list, rules, journal, retriesFailed }: Pick<BackfillPlan, 'list' | 'rules' | 'journal' | 'retriesFailed'>,
  stats: StatsCollector,
  { ended, interruption }: { readonly ended: AbortSignal, readonly interruption: AbortSignal }
): AsyncGenerator<ListedSource> {
  for await (const source of list.open(ended)) {
    if (interruption.aborted) return
    const reason = findSkipReason(source, rules)
    const known = reason === undefined ? journal.look(source) : undefined
    if (reason !== undefined) stats.skip(reason)
    else if (known === 'done' || (known === 'failed' && !retriesFailed)) stats.pass(known)
    else yield source
  }
}

/** How many sources of a list are not passed over, those that the journal knows included. */
export async function countSources (
  { list, rules }: Pick<BackfillPlan, 'list' | 'rules'>,
  signal: AbortSignal
): Promise<number> {
  let count = 0
  for await (const source of list.open(signal)) {
    signal.throwIfAborted()
    if (findSkipReason(source, rules) === undefined) count += 1
  }
  return count
}

/** Of several failures one that may pass decides that the source is to be tried again. */
function describeOutcome ({ failures, made }: SourceOutcome) {
  const failure = failures.find(({ error }) => error.retryable) ?? failures[0]
  if (failure === undefined) return { outcome: made > 0 ? 'made' : 'found' } as const
  return { outcome: 'failed', code: failure.error.code, retryable: failure.error.retryable } as const
}
