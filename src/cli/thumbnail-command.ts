import { Command } from 'commander'
import { createWriteStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { requestOptions } from '../options/option-schemas.ts'
import { completeOptions } from '../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions } from '../options/presets.ts'
import { addOptions, pickOptions } from './option-flags.ts'
import { runOnSource, type SourceTask } from './run-on-source.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { parseSource } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe thumbnail s3://my-videos/films/a.mp4 --timestamp 12.5 --width 640
  posterframe thumbnail holiday.mov --timestamp 50% --format webp -o poster.webp
  posterframe thumbnail s3://my-videos/a.mp4 -o - > poster.jpg`

/** Creates `posterframe thumbnail`: the use case of `POST /v1/thumbnails`, for an object or a file. */
export function createThumbnailCommand (cli: CliContext): Command {
  const command = new Command('thumbnail')
    .description('generate a thumbnail, or return the stored one')
    .argument('<source>', 's3://bucket/key, or a file, which is not stored')
    .option('-o, --output <file>', 'write the picture to a file (- for standard output) and print no JSON')
  return addOptions(command, requestOptions)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, flags: Record<string, unknown> & { readonly output?: string }) => {
      const argument = parseSource(text)
      const raw: PresetOptions = pickOptions(flags, requestOptions)
      const options = completeOptions(expandPreset(cli.loadConfig().access.presets, raw))
      await runOnSource(cli, argument, { savesOutput: flags.output === undefined }, async (task) => {
        const { thumbnail } = await task.service.makeThumbnail(
          { source: task.source, options },
          { signal: task.signal }
        )
        if (flags.output === undefined) printJson(cli, thumbnail)
        else await writePicture(cli, thumbnail, flags.output, task)
      })
    })
}

async function writePicture (
  { stdout }: CliContext,
  { bucket, key }: { readonly bucket: string, readonly key: string },
  path: string,
  { service, signal }: SourceTask
): Promise<void> {
  const { body } = await service.store.get({ bucket, key }, { signal })
  if (path === '-') stdout.write(await buffer(body))
  else await pipeline(body, createWriteStream(path), { signal })
}
