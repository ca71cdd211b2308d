import type { ErrorCode } from '../../errors.ts'
import { EXIT } from '../exit-code.ts'
import type { KnownOutcome } from './journal.ts'
import type { SourceOutcome } from './process-source.ts'
import { SKIP_REASONS, type SkipReason } from './skip-reason.ts'

/** Counts of the sources of a backfill by outcome. Printed as JSON, so the names of the members are public. */
export interface Stats {
  /** Sources with at least one generated thumbnail and no failure. */
  readonly made: number
  /** Sources whose thumbnails were all in the store. */
  readonly found: number
  /** Sources that the journal records as done. */
  readonly doneBefore: number
  /** Sources that the journal records as permanently failed. */
  readonly failedBefore: number
  /** Sources with at least one thumbnail that could not be generated. */
  readonly failed: number
  /** The failed sources that may succeed in a later run. */
  readonly failedTemporarily: number
  readonly failuresByCode: Readonly<Partial<Record<ErrorCode, number>>>
  readonly skipped: Readonly<Record<SkipReason, number>>
  /** Counts of thumbnails. A source can have several. */
  readonly thumbnails: { readonly made: number, readonly found: number }
}

/** Collects the stats of a backfill. */
export interface StatsCollector {
  readonly stats: Stats
  /** Number of sources that need no further work in this run. */
  readonly settled: number
  /** Adds a source that was skipped. */
  addSkipped(reason: SkipReason): void
  /** Adds a source that was settled by an earlier run. */
  addKnown(known: KnownOutcome): void
  /** Adds a source that was processed. */
  addOutcome(outcome: SourceOutcome): void
}

/** Creates a collector with all counts at zero. */
export function createStats (): StatsCollector {
  const counts = { made: 0, found: 0, doneBefore: 0, failedBefore: 0, failed: 0, failedTemporarily: 0 }
  const failuresByCode: Partial<Record<ErrorCode, number>> = {}
  const skipped = Object.fromEntries(SKIP_REASONS.map((reason) => [reason, 0])) as Record<SkipReason, number>
  const thumbnails = { made: 0, found: 0 }
  return {
    get stats () {
      return {
        ...counts,
        failuresByCode: { ...failuresByCode },
        skipped: { ...skipped },
        thumbnails: { ...thumbnails }
      }
    },
    get settled () {
      return counts.made + counts.found + counts.failed + counts.doneBefore + counts.failedBefore
    },
    addSkipped (reason) {
      skipped[reason] += 1
    },
    addKnown (known) {
      counts[known === 'done' ? 'doneBefore' : 'failedBefore'] += 1
    },
    addOutcome ({ made, found, failures }) {
      thumbnails.made += made
      thumbnails.found += found
      if (failures.length > 0) {
        counts.failed += 1
        if (failures.some(({ error }) => error.retryable)) counts.failedTemporarily += 1
        for (const code of new Set(failures.map(({ error }) => error.code))) {
          failuresByCode[code] = (failuresByCode[code] ?? 0) + 1
        }
      } else if (made > 0) {
        counts.made += 1
      } else {
        counts.found += 1
      }
    }
  }
}

/** Returns the exit code of a backfill that was not interrupted. Temporary failures take precedence. */
export function chooseBackfillExitCode ({ failed, failedTemporarily, failedBefore }: Stats): number {
  if (failedTemporarily > 0) return EXIT.retryable
  return failed + failedBefore > 0 ? EXIT.permanent : EXIT.ok
}
