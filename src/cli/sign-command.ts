import { Command } from 'commander'
import { signThumbnailUrl } from '../access/signed-thumbnail-url.ts'
import type { Config } from '../config/config.ts'
import { pictureOptions, preset } from '../options/option-schemas.ts'
import { completeOptions } from '../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions } from '../options/presets.ts'
import { addOptions, pickOptions, readCount, usageError } from './option-flags.ts'
import type { CliContext } from './cli-context.ts'
import { isS3Url, parseObject } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe sign films/a.mp4 --width 640 --base https://posters.example
  posterframe sign s3://my-videos/films/a.mp4 --preset poster --valid-for 604800 --key-id k2`

const signedOptions = { ...pictureOptions, preset }
const DAY_SECONDS = 86_400
const TEN_YEARS_SECONDS = 10 * 366 * DAY_SECONDS

interface SignFlags extends Record<string, unknown> {
  readonly base?: string
  readonly validFor: number
  readonly keyId?: string
}

/**
 * Creates `posterframe sign`, which prints a URL of `GET /v1/thumbnails` that works without a key (docs/signing.md).
 * It does not access the store.
 */
export function createSignCommand (cli: CliContext): Command {
  const command = new Command('sign')
    .description('print a signed thumbnail URL that works without a key, using POSTERFRAME_SIGNING_SECRETS')
    .argument('<key>', 'key of the video in the default bucket, or s3://bucket/key')
    .option('--base <url>', 'URL of the service (default: POSTERFRAME_PUBLIC_URL, or the address it listens on)')
    .option(
      '--valid-for <seconds>',
      'time for which the signed URL is valid',
      readCount(1, TEN_YEARS_SECONDS),
      DAY_SECONDS
    )
    .option('--key-id <name>', 'name of the secret to sign with (default: the first)')
  return addOptions(command, signedOptions)
    .addHelpText('after', EXAMPLES)
    .action((text: string, flags: SignFlags) => {
      const config = cli.loadConfig()
      const options: PresetOptions = pickOptions(flags, signedOptions)
      // Report invalid options now. Otherwise the first one to see the error is the client that opens the URL.
      completeOptions(expandPreset(config.access.presets, options))
      const query = { ...sourceQuery(text), ...(options as Record<string, string | number>) }
      const url = signThumbnailUrl(chooseSecret(config, flags.keyId), {
        base: baseUrl(config, flags.base),
        query,
        signedUntil: Math.floor(Date.now() / 1000) + flags.validFor
      })
      cli.stdout.write(`${url}\n`)
    })
}

function sourceQuery (text: string): Record<string, string> {
  if (!isS3Url(text)) return { key: text }
  const { bucket, key } = parseObject(text)
  return { bucket, key }
}

function chooseSecret ({ access: { signingSecrets } }: Config, id: string | undefined) {
  const secret = id === undefined ? signingSecrets[0] : signingSecrets.find((other) => other.id === id)
  if (secret !== undefined) return secret
  if (signingSecrets.length === 0) {
    throw usageError('POSTERFRAME_SIGNING_SECRETS is not set. Set it to the secrets of the service to sign URLs.')
  }
  const names = signingSecrets.map((other) => other.id).join(', ')
  throw usageError(`POSTERFRAME_SIGNING_SECRETS has no secret named '${id}'. Its secrets are: ${names}.`)
}

function baseUrl ({ publicUrl, host, port }: Config, flag: string | undefined): string {
  const base = flag ?? publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (!/^https?:\/\/[^/?#]/.test(base) || /[?#]/.test(base)) {
    throw usageError(`--base '${base}' is invalid. Use an http or https URL without query and fragment.`)
  }
  return base.replace(/\/+$/, '')
}
