import { Command } from 'commander'
import { isPosterframeError, type PosterframeError } from '../errors.ts'
import { PICTURE_FORMATS } from '../options/formats.ts'
import type { NamedThumbnail } from '../options/named-thumbnails.ts'
import { buildSrcset } from '../thumbnails/srcset.ts'
import type { Thumbnail } from '../thumbnails/thumbnail.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { chooseExitCode, describeError, EXIT } from './exit-code.ts'
import { collectValues, readNamedThumbnails, THUMBNAILS_FLAG } from './named-thumbnails.ts'
import { usageError } from './option-flags.ts'
import { prepareDirectory, writeObjects } from './output-file.ts'
import { runOnSource } from './run-on-source.ts'
import { parseSource, SOURCE_ARGUMENT } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe batch s3://my-videos/films/a.mp4 --thumbnails 'small=timestamp=12.5&width=320' --thumbnails 'large=timestamp=12.5&width=1280'
  posterframe batch holiday.mov --thumbnails 'first=timestamp=first' --thumbnails 'last=timestamp=last&format=webp' -o pictures`

interface BatchFlags {
  readonly thumbnails?: readonly string[]
  readonly output?: string
}

/** The outcome of one of the `--thumbnails`. */
interface Item {
  readonly name: string
  readonly extension: string
  readonly outcome: Thumbnail | PosterframeError
}

/** Creates `posterframe batch`: the use case of `POST /v1/thumbnails/batch`, for any source. */
export function createBatchCommand (cli: CliContext, setExitCode: (exitCode: number) => void): Command {
  return new Command('batch')
    .description('generate several thumbnails of one video, which share its index, its reads and the decoder')
    .argument('<source>', SOURCE_ARGUMENT)
    .option(
      THUMBNAILS_FLAG,
      'a thumbnail to generate, with its options as in a query string; must be repeated for each',
      collectValues
    )
    .option('-o, --output <directory>', 'write the pictures to a directory, as <name>.<extension>, and print no JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, { thumbnails: texts = [], output }: BatchFlags) => {
      const argument = parseSource(text)
      if (texts.length === 0) {
        throw usageError("No thumbnail was requested. Pass --thumbnails 'name=option=value&option=value' for each.")
      }
      const thumbnails = readNamedThumbnails(texts, cli.loadConfig().access.presets)
      await prepareDirectory(output)
      await runOnSource(cli, argument, { savesOutput: output === undefined }, async (task) => {
        const request = { source: task.source, items: thumbnails.map(({ options }) => options) }
        const { batch } = await task.service.makeBatch(request, { signal: task.signal })
        const items = batch.thumbnails.map((outcome, index) => describeItem(thumbnails[index]!, outcome))
        if (output === undefined) printJson(cli, { ...describeBatch(items), work: batch.work })
        else await writeObjects(cli, listPictures(items), output, task)
        setExitCode(reportFailures(cli, items))
      })
    })
}

function describeItem ({ name, options }: NamedThumbnail, outcome: Item['outcome']): Item {
  return { name, extension: PICTURE_FORMATS[options.format].extension, outcome }
}

/** Returns the response of the API. An item that failed has the parts of the problem document that matter here. */
function describeBatch (items: readonly Item[]) {
  return {
    thumbnails: items.map(({ outcome }) =>
      isPosterframeError(outcome)
        ? {
            error: {
              ...outcome.members,
              code: outcome.code,
              status: outcome.status,
              detail: outcome.message,
              retryable: outcome.retryable
            }
          }
        : outcome
    ),
    srcset: buildSrcset(items.flatMap(({ outcome }) => (isPosterframeError(outcome) ? [] : [outcome])))
  }
}

function listPictures (items: readonly Item[]) {
  return items.flatMap(({ name, extension, outcome }) =>
    isPosterframeError(outcome) ? [] : [{ name: `${name}.${extension}`, bucket: outcome.bucket, key: outcome.key }]
  )
}

/** Prints a line for each item that failed, and returns the exit code. */
function reportFailures ({ stderr, bugsUrl }: CliContext, items: readonly Item[]): number {
  const failures = items.flatMap(({ name, outcome }) => (isPosterframeError(outcome) ? [{ name, error: outcome }] : []))
  for (const { name, error } of failures) stderr.write(`${name}: ${describeError(error, bugsUrl)}\n`)
  return Math.max(EXIT.ok, ...failures.map(({ error }) => chooseExitCode(error)))
}
