import type { ErrorCode } from '../../errors.ts'
import { EXIT } from '../exit-code.ts'
import type { SourceOutcome } from './process-source.ts'
import { SKIP_REASONS, type SkipReason } from './skip-reason.ts'

/** What became of the sources of a backfill so far. */
export interface Stats {
  /** Sources of which some thumbnail was made. */
  readonly made: number
  /** Sources whose thumbnails were all there. */
  readonly found: number
  /** Sources that the journal has as done. */
  readonly doneBefore: number
  /** Sources that the journal has as failed for good. */
  readonly failedBefore: number
  /** Sources of which some thumbnail could not be made. */
  readonly failed: number
  /** Of those: the ones that may not fail the next time. */
  readonly failedForNow: number
  readonly failuresByCode: Readonly<Partial<Record<ErrorCode, number>>>
  readonly skipped: Readonly<Record<SkipReason, number>>
  /** Thumbnails, which are several to a source where several are wanted. */
  readonly thumbnails: { readonly made: number, readonly found: number }
}

/** A tally that is added to. */
export interface StatsCollector {
  readonly stats: Stats
  /** Sources that need no more work. */
  readonly settled: number
  skip(reason: SkipReason): void
  pass(known: 'done' | 'failed'): void
  add(outcome: SourceOutcome): void
}

/** Begins at nothing. */
export function createStats (): StatsCollector {
  const counts = { made: 0, found: 0, doneBefore: 0, failedBefore: 0, failed: 0, failedForNow: 0 }
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
    skip (reason) {
      skipped[reason] += 1
    },
    pass (known) {
      counts[known === 'done' ? 'doneBefore' : 'failedBefore'] += 1
    },
    add ({ made, found, failures }) {
      thumbnails.made += made
      thumbnails.found += found
      if (failures.length > 0) {
        counts.failed += 1
        if (failures.some(({ error }) => error.retryable)) counts.failedForNow += 1
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

/** How a backfill ends that came to its end: what is worth another run goes before what is not. */
export function chooseBackfillExit ({ failed, failedForNow, failedBefore }: Stats): number {
  if (failedForNow > 0) return EXIT.retryable
  return failed + failedBefore > 0 ? EXIT.permanent : EXIT.ok
}
