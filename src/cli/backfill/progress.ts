import cliProgress from 'cli-progress'
import type { Output } from '../cli-context.ts'
import { createRateEstimator, formatDuration, type Rate } from './rate.ts'
import type { Stats } from './stats.ts'

/** Shows how far a backfill is. */
export interface Progress {
  /** Shows it for the last time. */
  stop(): void
}

/** Where the figures are. */
export interface ProgressFigures {
  readonly settled: () => number
  /** Undefined until the list has been counted. */
  readonly total: () => number | undefined
  readonly stats: () => Stats
}

const BAR_EVERY_MS = 250

/** A bar on a terminal; elsewhere a line every so often. */
export function showProgress (
  stderr: Output,
  figures: ProgressFigures,
  { everySeconds }: { readonly everySeconds: number }
): Progress {
  return stderr.isTTY === true ? showBar(stderr, figures) : showLines(stderr, figures, everySeconds)
}

function showLines (stderr: Output, figures: ProgressFigures, everySeconds: number): Progress {
  const describe = createDescriber(figures)
  const timer = setInterval(() => {
    stderr.write(`${describe()}\n`)
  }, everySeconds * 1000)
  return {
    stop () {
      clearInterval(timer)
    }
  }
}

function showBar (stderr: Output, figures: ProgressFigures): Progress {
  const describe = createDescriber(figures)
  const bar = new cliProgress.SingleBar({
    stream: stderr as unknown as NodeJS.WritableStream,
    format: '{bar} {text}',
    barCompleteChar: '#',
    barIncompleteChar: '-',
    barsize: 20,
    hideCursor: true,
    gracefulExit: false
  })
  bar.start(1, 0, { text: describe() })
  const draw = () => {
    // An empty bar while nobody knows how much there is.
    bar.setTotal(Math.max(1, figures.total() ?? Infinity))
    bar.update(figures.settled(), { text: describe() })
  }
  const timer = setInterval(draw, BAR_EVERY_MS)
  return {
    stop () {
      clearInterval(timer)
      draw()
      bar.stop()
    }
  }
}

function createDescriber ({ settled, total, stats }: ProgressFigures): () => string {
  const rate = createRateEstimator()
  return () => {
    const [known, all, counts] = [settled(), total(), stats()]
    return describeProgress(
      { settled: known, total: all, stats: counts },
      rate.measure(counts.made + counts.found + counts.failed, all === undefined ? undefined : Math.max(0, all - known))
    )
  }
}

/** One line: how many of how many, how fast, how long still, and what failed. */
export function describeProgress (
  {
    settled,
    total,
    stats: { made, found, failed }
  }: {
    readonly settled: number
    readonly total: number | undefined
    readonly stats: Pick<Stats, 'made' | 'found' | 'failed'>
  },
  { perSecond, secondsLeft }: Rate
): string {
  const share =
    total === undefined
      ? `${settled}`
      : `${settled}/${total} (${total === 0 ? 100 : Math.floor((settled / total) * 100)} %)`
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`
  return `${share}, ${perSecond.toFixed(1)}/s${left}; ${made} made, ${found} found, ${failed} failed`
}
