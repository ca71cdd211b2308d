import { Command } from 'commander'
import { FORMATS, readFormat } from '../options/frame-options.ts'
import { requestOptions } from '../options/option-schemas.ts'
import { completeOptions } from '../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions } from '../options/presets.ts'
import { addOptions, pickOptions } from './option-flags.ts'
import { assertWritableFile, chooseFormat, writeObject } from './output-file.ts'
import { runOnSource } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseSource, SOURCE_ARGUMENT } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe thumbnail s3://my-videos/films/a.mp4 --timestamp 12.5 --width 640
  posterframe thumbnail holiday.mov --timestamp 50% -o poster.webp
  posterframe thumbnail s3://my-videos/a.mp4 -o - > poster.jpg`

/** Creates `posterframe thumbnail`: the use case of `POST /v1/thumbnails`, for any source. */
export function createThumbnailCommand (cli: CliContext): Command {
  const command = new Command('thumbnail')
    .description('generate a thumbnail, or return the stored one')
    .argument('<source>', SOURCE_ARGUMENT)
    .option(
      '-o, --output <file>',
      'write the picture to a file, in the format of its extension, or to standard output (-), and print no JSON'
    )
  return addOptions(command, requestOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, flags: Record<string, unknown> & { readonly output?: string }) => {
      const argument = parseSource(text)
      const raw: PresetOptions = pickOptions(flags, requestOptions)
      const { output } = flags
      const expanded = expandPreset(cli.loadConfig().access.presets, raw)
      const format = chooseFormat({
        output,
        format: raw.format && readFormat(raw.format),
        allowed: FORMATS
      })
      const options = completeOptions({ ...expanded, ...(format === undefined ? {} : { format }) })
      await assertWritableFile(output)
      await runOnSource(cli, argument, { savesOutput: output === undefined }, async ({ source, ...task }) => {
        const { thumbnail } = await task.service.makeThumbnail({ source, options }, { signal: task.signal })
        if (output === undefined) printJson(cli, thumbnail)
        else await writeObject(cli, thumbnail, output, task)
      })
    })
}
