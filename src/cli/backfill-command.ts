import { Command } from 'commander'
import { backfillOptions, hashOptions, readThumbnails } from './backfill/backfill-options.ts'
import { checkListArguments, chooseList } from './backfill/choose-list.ts'
import { formatSourceUrl } from './backfill/source-list.ts'
import { openFailureReport } from './backfill/failure-report.ts'
import { NO_JOURNAL, openJournal } from './backfill/journal.ts'
import { createProcessSource, type ProcessSource } from './backfill/process-source.ts'
import { formatDuration } from './backfill/rate.ts'
import { showProgress } from './backfill/progress.ts'
import { type BackfillPlan, countSources, runBackfill, selectSources } from './backfill/run-backfill.ts'
import { chooseBackfillExitCode, createStats, type StatsCollector } from './backfill/stats.ts'
import { EXIT } from './exit-code.ts'
import { addOptions, readCount, usageError } from './option-flags.ts'
import type { CliContext } from './cli-context.ts'
import { collectValues, THUMBNAILS_FLAG } from './named-thumbnails.ts'

const EXAMPLES = `
Examples:
  posterframe backfill s3://my-videos/films/ --width 640 --journal films.journal
  posterframe backfill s3://my-videos --thumbnails 'poster=timestamp=auto&width=640' --thumbnails 'small=timestamp=50%&width=160'
  posterframe backfill --manifest keys.csv --journal keys.journal --report failures.jsonl
  posterframe backfill --inventory s3://my-inventory/my-videos/all/2026-11-23T01-00Z/manifest.json --dry-run

After a stop or a crash, the same command with the same journal continues where it was. Thumbnails that are already in the
store are found and not generated again. The last line of standard output is the result as JSON.

Exit codes: 0 every source has its thumbnails, 1 the command line, the list or the configuration is invalid, 2 some sources
failed permanently, 3 some sources failed temporarily (run the command again), 130 interrupted.`

const SYNC_EVERY_MS = 5_000
const MAX_PRINTED_FAILURES = 10

interface BackfillFlags extends Record<string, unknown> {
  readonly manifest?: string
  readonly inventory?: string
  readonly thumbnails?: readonly string[]
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

/** Creates `posterframe backfill`, which generates the thumbnails of all existing objects. */
export function createBackfillCommand (cli: CliContext, setExitCode: (exitCode: number) => void): Command {
  const command = new Command('backfill')
    .description('generate thumbnails for every video under a prefix or in a list')
    .argument('[url]', 's3://bucket/prefix whose objects are listed')
    .option(
      '--manifest <file>',
      'a file or s3://bucket/key: CSV rows bucket,key with the key URL-encoded, as in S3 Batch Operations, ' +
        'or one s3:// URL per line'
    )
    .option('--inventory <file>', 'the manifest.json of an S3 Inventory in CSV: a file or s3://bucket/key')
    .option(
      THUMBNAILS_FLAG,
      'a thumbnail to generate for each source, with its options as in a query string; may be repeated',
      collectValues
    )
    .option(
      '--extensions <list>',
      'process only files with these extensions, comma-separated (default: all except known non-video extensions)',
      readExtensions
    )
    .option('--concurrency <number>', 'sources processed at once (default: 4 per slot)', readCount(1, 1024))
    .option('--attempts <number>', 'attempts per source if it fails temporarily', readCount(1, 20), 3)
    .option('--max-failures <number>', 'start no further source after this many failures', readCount(1, 1e9))
    .option('--journal <file>', 'record each finished source as a JSON line, and resume from this file')
    .option('--retry-failed', 'retry sources that the journal records as permanently failed')
    .option('--report <file>', 'append each failed thumbnail to a file as a JSON line')
    .option('--dry-run', 'print the sources that would be processed, and generate nothing')
    .option('--no-count', 'do not read the list a second time to estimate the remaining time')
    .option('--every <seconds>', 'seconds between progress lines if there is no terminal', readCount(1, 86_400), 10)
  return addOptions(command, backfillOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string | undefined, flags: BackfillFlags) => {
      setExitCode(await backfill(cli, url, flags))
    })
}

async function backfill (cli: CliContext, url: string | undefined, flags: BackfillFlags): Promise<number> {
  const config = cli.loadConfig()
  const thumbnails = readThumbnails(flags, flags.thumbnails ?? [], config)
  const lists = { url, manifest: flags.manifest, inventory: flags.inventory }
  checkListArguments(lists, config)
  const concurrency = flags.concurrency ?? 4 * config.slots
  const interruption = cli.watchInterruption()
  const service = await cli.openService({ ...config, queue: Math.max(config.queue, concurrency) })
  try {
    return await service.scratch.withDirectory(async (directory) => {
      const journal =
        flags.journal === undefined ? NO_JOURNAL : await openJournal(flags.journal, hashOptions(config, thumbnails))
      const plan: BackfillPlan = {
        list: chooseList(lists, service, directory),
        rules: { outputBucket: config.outputBucket, outputPrefix: config.outputPrefix, extensions: flags.extensions },
        journal,
        retryFailed: flags.retryFailed === true,
        concurrency,
        maxFailures: flags.maxFailures ?? Infinity
      }
      try {
        if (flags.dryRun === true) return await printSources(cli, plan, interruption)
        const processSource = createProcessSource(service, {
          thumbnails,
          timeoutMs: config.timeoutMs,
          maxAttempts: flags.attempts,
          interruption
        })
        return await processList(cli, plan, flags, { processSource, interruption })
      } finally {
        await journal.close()
      }
    })
  } finally {
    await service.close()
  }
}

async function printSources (cli: CliContext, plan: BackfillPlan, interruption: AbortSignal): Promise<number> {
  const stats = createStats()
  let count = 0
  for await (const source of selectSources(plan, stats, { ended: interruption, interruption })) {
    count += 1
    cli.stdout.write(`${formatSourceUrl(source)}\n`)
  }
  const { skipped, doneBefore, failedBefore } = stats.stats
  cli.stdout.write(`${JSON.stringify({ wouldWorkOn: count, skipped, doneBefore, failedBefore })}\n`)
  return interruption.aborted ? EXIT.interrupted : EXIT.ok
}

async function processList (
  cli: CliContext,
  plan: BackfillPlan,
  flags: BackfillFlags,
  { processSource, interruption }: { readonly processSource: ProcessSource, readonly interruption: AbortSignal }
): Promise<number> {
  const report = openFailureReport(flags.report)
  const stats = createStats()
  const counting = new AbortController()
  const failureLines: string[] = []
  let total: number | undefined
  // An error in the list is ignored here, because the backfill itself reads the same list and reports the error.
  if (flags.count) {
    countSources(plan, counting.signal).then(
      (count) => {
        total = count
      },
      () => {}
    )
  }
  interruption.addEventListener('abort', () => {
    cli.stderr.write('\ninterrupted: finishing the running sources; interrupt again to stop at once.\n')
  })
  const progress = showProgress(
    cli.stderr,
    { settled: () => stats.settled, total: () => total, stats: () => stats.stats },
    { everySeconds: flags.every }
  )
  const syncTimer = setInterval(() => {
    void plan.journal.sync()
  }, SYNC_EVERY_MS)
  const startMs = performance.now()
  try {
    const { reachedMaxFailures } = await runBackfill(plan, {
      processSource,
      stats,
      interruption,
      onOutcome: (source, outcome) => {
        report.write(source, outcome)
        const [failure] = outcome.failures
        if (failure !== undefined && failureLines.length < MAX_PRINTED_FAILURES) {
          failureLines.push(`${failure.error.code}: ${formatSourceUrl(source)}: ${failure.error.message}`)
        }
      }
    })
    if (reachedMaxFailures) {
      cli.stderr.write('The limit of --max-failures was reached. The remaining sources were not started.\n')
    }
    return interruption.aborted ? EXIT.interrupted : chooseBackfillExitCode(stats.stats)
  } finally {
    clearInterval(syncTimer)
    counting.abort()
    progress.stop()
    report.close()
    for (const line of failureLines) cli.stderr.write(`${line}\n`)
    printResult(cli, stats, performance.now() - startMs)
  }
}

function printResult ({ stdout, stderr }: CliContext, { stats, settled }: StatsCollector, ms: number): void {
  const { made, found, failed, doneBefore, failedBefore, skipped } = stats
  const skippedCount = Object.values(skipped).reduce((sum, count) => sum + count, 0)
  stderr.write(
    `${made} made, ${found} found, ${failed} failed, ${doneBefore + failedBefore} settled before, ${skippedCount} skipped, in ${formatDuration(ms / 1000)}\n`
  )
  stdout.write(`${JSON.stringify({ settled, ...stats, seconds: Math.round(ms) / 1000 })}\n`)
}

function readExtensions (text: string): string[] {
  const extensions = text.split(',').map((part) => part.trim().replace(/^\./, '').toLowerCase())
  if (extensions.some((extension) => !/^[\w-]+$/.test(extension))) {
    throw usageError(`--extensions '${text}' is invalid. Use a comma-separated list, such as mp4,mov.`)
  }
  return extensions
}
