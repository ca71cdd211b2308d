import { Command } from 'commander'
import { previewOptions } from '../options/option-schemas.ts'
import { completePreviewOptions, PREVIEW_FORMATS, type RawPreviewOptions } from '../options/preview-options.ts'
import { addOptions, pickOptions } from './option-flags.ts'
import { assertWritableFile, chooseFormat, writeObject } from './output-file.ts'
import { runOnSource } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseSource, SOURCE_ARGUMENT } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe preview s3://my-videos/films/a.mp4 --duration 5
  posterframe preview holiday.mov --kind span --start 12.5 --width 480 -o preview.webp`

/** Creates `posterframe preview`: the use case of `POST /v1/previews`, for any source. */
export function createPreviewCommand (cli: CliContext): Command {
  const command = new Command('preview')
    .description('generate a short animation, or return the stored one')
    .argument('<source>', SOURCE_ARGUMENT)
    .option('-o, --output <file>', 'write the animation to a file (- for standard output) and print no JSON')
  return addOptions(command, previewOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, flags: Record<string, unknown> & { readonly output?: string }) => {
      const argument = parseSource(text)
      const raw: RawPreviewOptions = pickOptions(flags, previewOptions)
      const { output } = flags
      const format = chooseFormat({ output, format: raw.format, allowed: PREVIEW_FORMATS })
      const options = completePreviewOptions({ ...raw, ...(format === undefined ? {} : { format }) })
      await assertWritableFile(output)
      await runOnSource(cli, argument, { savesOutput: output === undefined }, async (task) => {
        const { preview } = await task.service.makePreview({ source: task.source, options }, { signal: task.signal })
        if (output === undefined) printJson(cli, preview)
        else await writeObject(cli, preview, output, task)
      })
    })
}
