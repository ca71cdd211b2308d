import { Command } from 'commander'
import { storyboardOptions } from '../options/option-schemas.ts'
import { completeStoryboardOptions } from '../options/storyboard-options.ts'
import type { StoredSource } from '../thumbnails/thumbnail.ts'
import { addOptions, pickOptions } from './option-flags.ts'
import { runOnSource } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseObject } from './source-argument.ts'

const EXAMPLES = `
Example:
  posterframe storyboard s3://my-videos/films/a.mp4 --interval 5s --width 160`

/** Creates `posterframe storyboard`: the use case of `POST /v1/storyboards`. */
export function createStoryboardCommand (cli: CliContext): Command {
  const command = new Command('storyboard')
    .description('generate sprite sheets and WebVTT for a whole video, or return the stored ones')
    .argument('<source>', 's3://bucket/key')
  return addOptions(command, storyboardOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, flags: Record<string, unknown>) => {
      const source: StoredSource = parseObject(text)
      const options = completeStoryboardOptions(pickOptions(flags, storyboardOptions))
      await runOnSource(cli, source, { savesOutput: true }, async ({ service, signal }) => {
        const { storyboard } = await service.makeStoryboard({ source, options }, { signal })
        printJson(cli, storyboard)
      })
    })
}
