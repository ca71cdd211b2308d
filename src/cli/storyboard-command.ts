import { Command } from 'commander'
import { posix } from 'node:path'
import { storyboardOptions } from '../options/option-schemas.ts'
import { completeStoryboardOptions } from '../options/storyboard-options.ts'
import { VTT_NAME } from '../thumbnails/stored/own-names.ts'
import type { Storyboard } from '../thumbnails/storyboard.ts'
import { addOptions, pickOptions } from './option-flags.ts'
import { prepareDirectory, writeObjects } from './output-file.ts'
import { runOnSource } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseSource, SOURCE_ARGUMENT } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe storyboard s3://my-videos/films/a.mp4 --interval 5s --width 160
  posterframe storyboard holiday.mov -o storyboard`

/** Creates `posterframe storyboard`: the use case of `POST /v1/storyboards`, for any source. */
export function createStoryboardCommand (cli: CliContext): Command {
  const command = new Command('storyboard')
    .description('generate sprite sheets and WebVTT for a whole video, or return the stored ones')
    .argument('<source>', SOURCE_ARGUMENT)
    .option(
      '-o, --output <directory>',
      'write the sheets, storyboard.vtt and storyboard.json to a directory and print no JSON'
    )
  return addOptions(command, storyboardOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, flags: Record<string, unknown> & { readonly output?: string }) => {
      const argument = parseSource(text)
      const options = completeStoryboardOptions(pickOptions(flags, storyboardOptions))
      const { output } = flags
      await prepareDirectory(output)
      await runOnSource(cli, argument, { savesOutput: output === undefined }, async (task) => {
        const request = { source: task.source, options }
        const { storyboard } = await task.service.makeStoryboard(request, { signal: task.signal })
        if (output === undefined) printJson(cli, storyboard)
        else await writeObjects(cli, listFiles(storyboard), output, task)
      })
    })
}

/** Returns the objects that work without the store: the sheets, the WebVTT that names them relatively, the manifest. */
function listFiles ({ bucket, sheets, manifest }: Storyboard) {
  const vttKey = posix.join(posix.dirname(manifest.key), VTT_NAME)
  return [...sheets.map(({ key }) => key), vttKey, manifest.key].map((key) => ({
    bucket,
    key,
    name: posix.basename(key)
  }))
}
