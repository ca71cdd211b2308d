import { Command } from 'commander'
import { backfillOptions, describeOptions, readWanted } from './backfill/backfill-options.ts'
import { checkListArguments, chooseList } from './backfill/choose-list.ts'
import { describeSourceUrl } from './backfill/source-list.ts'
import { openFailureReport } from './backfill/failure-report.ts'
import { NO_JOURNAL, openJournal } from './backfill/journal.ts'
import { createMakeSource } from './backfill/process-source.ts'
import { formatDuration } from './backfill/rate.ts'
import { showProgress } from './backfill/progress.ts'
import { type BackfillPlan, countSources, runBackfill, selectSources } from './backfill/run-backfill.ts'
import { chooseBackfillExit, createStats, type StatsCollector } from './backfill/stats.ts'
import { EXIT } from './exit-code.ts'
import { addOptions, readCount, usageError } from './option-flags.ts'
import type { CliContext } from './cli-context.ts'

const EXAMPLES = `
Examples:
  posterframe backfill s3://my-videos/films/ --width 640 --journal films.journal
  posterframe backfill s3://my-videos --thumbnails 'poster=timestamp=auto&width=640' --thumbnails 'small=timestamp=50%&width=160'
  posterframe backfill --manifest keys.csv --journal keys.journal --report failures.jsonl
  posterframe backfill --inventory s3://my-inventory/my-videos/all/2026-11-23T01-00Z/manifest.json --dry-run

Stopped, or killed, and begun again with the same journal it goes on where it was. What is in the store is found, not made again.
The last line of the standard output is the result as JSON. Exit codes: 0 all is there, 1 the command line, the list or the
configuration is not right, 2 some sources failed for good, 3 some failed and may not the next time, 130 interrupted.`

const SYNC_EVERY_MS = 5_000
const SHOWN_FAILURES = 10

interface Given extends Record<string, unknown> {
  readonly manifest?: string
  readonly inventory?: string
  readonly thumbnails: readonly string[]
  readonly extensions?: readonly string[]
  readonly concurrency?: number
  readonly attempts: number
  readonly maxFailures?: number
  readonly journal?: string
  readonly retryFailed?: boolean
  readonly report?: string
  readonly dryRun?: boolean
  readonly count: boolean
  readonly every: number
}

/** `posterframe backfill`: the thumbnails of all that is there already. */
export function createBackfillCommand (cli: CliContext, end: (exitCode: number) => void): Command {
  const collect = (text: string, before: readonly string[]) => [...before, text]
  const command = new Command('backfill')
    .description('make the thumbnails of every video below a prefix, or of a list')
    .argument('[url]', 's3://bucket/prefix, whose objects are listed')
    .option(
      '--manifest <file>',
      'a file or s3://bucket/key: CSV of bucket,key with the key URL-encoded, as S3 Batch Operations takes it, ' +
        'or an s3:// URL a line'
    )
    .option('--inventory <file>', 'the manifest.json of an S3 Inventory in CSV, a file or s3://bucket/key')
    .option(
      '--thumbnails <name=options>',
      'a thumbnail that each is to have, its options as in a query; may be given several times',
      collect,
      []
    )
    .option(
      '--extensions <list>',
      'take files with these extensions alone, comma separated (default: all but those that are no videos)',
      readExtensions
    )
    .option('--concurrency <number>', 'sources that are worked on at once (default: 4 per slot)', readCount(1, 1024))
    .option('--attempts <number>', 'tries of a source whose failure may pass', readCount(1, 20), 3)
    .option('--max-failures <number>', 'begin no further source after so many failures', readCount(1, 1e9))
    .option('--journal <file>', 'note what is done, a JSON line a source, and go on from there')
    .option('--retry-failed', 'try those again that the journal has as failed for good')
    .option('--report <file>', 'add what fails to a file, a JSON line a thumbnail')
    .option('--dry-run', 'print what would be worked on, and make nothing')
    .option('--no-count', 'do not read the list a second time to tell how much is left')
    .option(
      '--every <seconds>',
      'seconds between lines about the progress where there is no terminal',
      readCount(1, 86_400),
      10
    )
  return addOptions(command, backfillOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string | undefined, given: Given) => {
      end(await backfill(cli, url, given))
    })
}

async function backfill (cli: CliContext, url: string | undefined, given: Given): Promise<number> {
  const config = cli.loadConfig()
  const wanted = readWanted(given, given.thumbnails, config)
  const lists = { url, manifest: given.manifest, inventory: given.inventory }
  checkListArguments(lists, config)
  const concurrency = given.concurrency ?? 4 * config.slots
  const interruption = cli.watchInterruption()
  const service = await cli.openService({ ...config, queue: Math.max(config.queue, concurrency) })
  try {
    return await service.scratch.withDirectory(async (directory) => {
      const journal =
        given.journal === undefined ? NO_JOURNAL : await openJournal(given.journal, describeOptions(config, wanted))
      const plan: BackfillPlan = {
        list: chooseList(lists, service, directory),
        rules: { outputBucket: config.outputBucket, outputPrefix: config.outputPrefix, extensions: given.extensions },
        journal,
        retriesFailed: given.retryFailed === true,
        concurrency,
        maxFailures: given.maxFailures ?? Infinity
      }
      try {
        if (given.dryRun === true) return await printPlan(cli, plan, interruption)
        const makeSource = createMakeSource(service, {
          wanted,
          timeoutMs: config.timeoutMs,
          maxAttempts: given.attempts,
          interruption
        })
        return await work(cli, plan, given, { makeSource, interruption })
      } finally {
        await journal.close()
      }
    })
  } finally {
    await service.close()
  }
}

async function printPlan (cli: CliContext, plan: BackfillPlan, interruption: AbortSignal): Promise<number> {
  const stats = createStats()
  let count = 0
  for await (const source of selectSources(plan, stats, { ended: interruption, interruption })) {
    count += 1
    cli.stdout.write(`${describeSourceUrl(source)}\n`)
  }
  const { skipped, doneBefore, failedBefore } = stats.stats
  cli.stdout.write(`${JSON.stringify({ wouldWorkOn: count, skipped, doneBefore, failedBefore })}\n`)
  return interruption.aborted ? EXIT.interrupted : EXIT.ok
}

async function work (
  cli: CliContext,
  plan: BackfillPlan,
  given: Given,
  {
    makeSource,
    interruption
  }: { readonly makeSource: ReturnType<typeof createMakeSource>, readonly interruption: AbortSignal }
): Promise<number> {
  const report = openFailureReport(given.report)
  const stats = createStats()
  const counting = new AbortController()
  const shown: string[] = []
  let total: number | undefined
  // What is wrong with the list is told by whoever works on it.
  if (given.count) {
    countSources(plan, counting.signal).then(
      (count) => {
        total = count
      },
      () => {}
    )
  }
  interruption.addEventListener('abort', () => {
    cli.stderr.write('\ninterrupted: what was begun is ended; interrupt again to stop at once.\n')
  })
  const progress = showProgress(
    cli.stderr,
    { settled: () => stats.settled, total: () => total, stats: () => stats.stats },
    { everySeconds: given.every }
  )
  const syncing = setInterval(() => {
    void plan.journal.sync()
  }, SYNC_EVERY_MS)
  const startMs = performance.now()
  try {
    const { hasGivenUp } = await runBackfill(plan, {
      makeSource,
      stats,
      interruption,
      onOutcome: (source, outcome) => {
        report.write(source, outcome)
        const [failure] = outcome.failures
        if (failure !== undefined && shown.length < SHOWN_FAILURES) {
          shown.push(`${failure.error.code}: ${describeSourceUrl(source)}: ${failure.error.message}`)
        }
      }
    })
    return finish({ hasGivenUp })
  } finally {
    clearInterval(syncing)
    counting.abort()
    progress.stop()
    report.close()
    for (const line of shown) cli.stderr.write(`${line}\n`)
    printResult(cli, stats, performance.now() - startMs)
  }

  function finish ({ hasGivenUp }: { readonly hasGivenUp: boolean }): number {
    if (hasGivenUp) cli.stderr.write('There were as many failures as --max-failures allows; the rest was not begun.\n')
    return interruption.aborted ? EXIT.interrupted : chooseBackfillExit(stats.stats)
  }
}

function printResult ({ stdout, stderr }: CliContext, { stats, settled }: StatsCollector, ms: number): void {
  const { made, found, failed, doneBefore, failedBefore, skipped } = stats
  const passedOver = Object.values(skipped).reduce((sum, count) => sum + count, 0)
  stderr.write(
    `${made} made, ${found} found, ${failed} failed, ${doneBefore + failedBefore} settled before, ${passedOver} passed over, in ${formatDuration(ms / 1000)}\n`
  )
  stdout.write(`${JSON.stringify({ settled, ...stats, seconds: Math.round(ms) / 1000 })}\n`)
}

function readExtensions (text: string): string[] {
  const extensions = text.split(',').map((part) => part.trim().replace(/^\./, '').toLowerCase())
  if (extensions.some((extension) => !/^[\w-]+$/.test(extension))) {
    throw usageError('--extensions is a list such as mp4,mov.')
  }
  return extensions
}
