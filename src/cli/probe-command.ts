import { Command } from 'commander'
import { runOnSource } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseSource } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe probe s3://my-videos/films/a.mp4
  posterframe probe holiday.mov`

/** Creates `posterframe probe`: the use case of `GET /v1/videos`, for an object or a file. */
export function createProbeCommand (cli: CliContext): Command {
  return new Command('probe')
    .description('print the metadata of a video, read from its index if it has one')
    .argument('<source>', 's3://bucket/key, or a file')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string) => {
      await runOnSource(cli, parseSource(text), { savesOutput: false }, async ({ source, service, signal }) => {
        const { video } = await service.describeSource(source, { signal, isKnown: () => false })
        printJson(cli, video)
      })
    })
}
