import { Command } from 'commander'
import { runOnSource } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseSource, SOURCE_ARGUMENT } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe probe s3://my-videos/films/a.mp4
  posterframe probe holiday.mov
  curl -s https://videos.example/a.mp4 | posterframe probe -`

/** Creates `posterframe probe`: the use case of `GET /v1/videos`, for any source. */
export function createProbeCommand (cli: CliContext): Command {
  return new Command('probe')
    .description('print the metadata of a video, read from its index if it has one')
    .argument('<source>', SOURCE_ARGUMENT)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string) => {
      await runOnSource(cli, parseSource(text), { savesOutput: false }, async ({ source, service, signal }) => {
        const { video } = await service.describeSource(source, { signal, isKnown: () => false })
        printJson(cli, video)
      })
    })
}
