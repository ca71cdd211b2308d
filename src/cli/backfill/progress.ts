import cliProgress from 'cli-progress'
import type { Output } from '../cli-context.ts'
import { createRateEstimator, formatDuration, type Rate } from './rate.ts'
import type { Stats } from './stats.ts'

/** A display of the progress of a backfill. */
export interface Progress {
  /** Stops the updates. A progress bar is drawn a last time. */
  stop(): void
}

/** Functions that return the current figures of a backfill. */
export interface ProgressFigures {
  readonly settled: () => number
  /** Number of sources in the list; undefined until it has been counted. */
  readonly total: () => number | undefined
  readonly stats: () => Stats
}

const BAR_EVERY_MS = 250

/** Shows a progress bar on a terminal. Otherwise writes a line every `everySeconds` seconds. */
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
    // Until the list has been counted, the bar stays empty.
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
    const [settledCount, totalCount, counts] = [settled(), total(), stats()]
    const remaining = totalCount === undefined ? undefined : Math.max(0, totalCount - settledCount)
    return describeProgress(
      { settled: settledCount, total: totalCount, stats: counts },
      rate.measure(counts.made + counts.found + counts.failed, remaining)
    )
  }
}

/** Returns a line with the settled and the total number of sources, the rate, the remaining time and the outcomes. */
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
  const percent = total === undefined || total === 0 ? 100 : Math.floor((settled / total) * 100)
  const share = total === undefined ? `${settled}` : `${settled}/${total} (${percent} %)`
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`
  return `${share}, ${perSecond.toFixed(1)}/s${left}; ${made} made, ${found} found, ${failed} failed`
}
