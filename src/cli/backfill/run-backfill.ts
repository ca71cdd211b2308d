import type { Journal, JournalEntry } from './journal.ts'
import type { ProcessSource, SourceOutcome } from './process-source.ts'
import { findSkipReason, type SkipRules } from './skip-reason.ts'
import type { ListedSource, SourceList } from './source-list.ts'
import type { StatsCollector } from './stats.ts'

/** The sources of a backfill, and the limits that it observes. */
export interface BackfillPlan {
  readonly list: SourceList
  readonly rules: SkipRules
  readonly journal: Journal
  /** Process sources again that the journal records as permanently failed. */
  readonly retryFailed: boolean
  /** Number of sources that are processed at once. */
  readonly concurrency: number
  /** After this many failures, no further source is started. */
  readonly maxFailures: number
}

/** The function that processes a source, and the receivers of its outcomes. */
export interface BackfillContext {
  readonly processSource: ProcessSource
  readonly stats: StatsCollector
  /** Called with the outcome of each source, after the journal has recorded it. */
  readonly onOutcome: (source: ListedSource, outcome: SourceOutcome) => void
  /** Once it aborts, no further source is started. */
  readonly interruption: AbortSignal
}

/**
 * Processes the sources of a list, `concurrency` at a time, and holds no more of the list in memory. Resolves when all
 * started sources have finished.
 *
 * @returns whether the number of failures reached `maxFailures`
 * @throws any error of the list, after all started sources have finished
 */
export async function runBackfill (
  plan: BackfillPlan,
  { processSource, stats, onOutcome, interruption }: BackfillContext
): Promise<{ readonly reachedMaxFailures: boolean }> {
  const { journal } = plan
  const ended = new AbortController()
  const sources = selectSources(plan, stats, { ended: ended.signal, interruption })
  const reachedMaxFailures = () => stats.stats.failed >= plan.maxFailures

  async function runWorker (): Promise<void> {
    while (!interruption.aborted && !ended.signal.aborted && !reachedMaxFailures()) {
      const next = await sources.next()
      if (next.done === true || interruption.aborted) return
      const source = next.value
      const outcome = await processSource(source)
      journal.write(source, toJournalEntry(outcome))
      stats.addOutcome(outcome)
      onOutcome(source, outcome)
    }
  }

  const workers = await Promise.allSettled(
    Array.from({ length: plan.concurrency }, async () => {
      try {
        await runWorker()
      } catch (error) {
        // The other workers finish their sources and take no further one.
        ended.abort(error)
        throw error
      }
    })
  )
  ended.abort()
  const rejected = workers.find((worker) => worker.status === 'rejected')
  if (rejected !== undefined) throw rejected.reason as Error
  return { reachedMaxFailures: reachedMaxFailures() }
}

/** Yields the sources of a list that have to be processed, and adds the others to the stats. */
export async function * selectSources (
  { list, rules, journal, retryFailed }: Pick<BackfillPlan, 'list' | 'rules' | 'journal' | 'retryFailed'>,
  stats: StatsCollector,
  { ended, interruption }: { readonly ended: AbortSignal, readonly interruption: AbortSignal }
): AsyncGenerator<ListedSource> {
  for await (const source of list.open(ended)) {
    if (interruption.aborted) return
    const reason = findSkipReason(source, rules)
    const known = reason === undefined ? journal.find(source) : undefined
    if (reason !== undefined) stats.addSkipped(reason)
    else if (known === 'done' || (known === 'failed' && !retryFailed)) stats.addKnown(known)
    else yield source
  }
}

/** Counts the sources of a list that are not skipped, including those that the journal records. */
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

/** Returns the entry for an outcome. If any failure is retryable, the entry is, so that a resumed run retries it. */
function toJournalEntry ({ failures, made }: SourceOutcome): JournalEntry {
  const failure = failures.find(({ error }) => error.retryable) ?? failures[0]
  if (failure === undefined) return { outcome: made > 0 ? 'made' : 'found' }
  return { outcome: 'failed', code: failure.error.code, retryable: failure.error.retryable }
}
