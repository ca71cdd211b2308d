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
  posterframe sign s3://my-videos/films/a.mp4 --preset poster --lives 604800 --key-id k2`

const signedOptions = { ...pictureOptions, preset }
const DAY_SECONDS = 86_400
const YEARS_SECONDS = 10 * 366 * DAY_SECONDS

interface Given extends Record<string, unknown> {
  readonly base?: string
  readonly lives: number
  readonly keyId?: string
}

/**
 * `posterframe sign`: a URL of `GET /v1/thumbnails` that works without a key (docs/signing.md). Asks nothing of the
 * store.
 */
export function createSignCommand (cli: CliContext): Command {
  const command = new Command('sign')
    .description('sign a URL of a thumbnail that works without a key, by POSTERFRAME_SIGNING_SECRETS')
    .argument('<key>', 'key of the video, in the default bucket; or s3://bucket/key')
    .option(
      '--base <url>',
      'where the service is reached (default: POSTERFRAME_PUBLIC_URL, or the address it listens on)'
    )
    .option('--lives <seconds>', 'how long the URL works', readCount(1, YEARS_SECONDS), DAY_SECONDS)
    .option('--key-id <name>', 'which of the secrets signs (default: the first)')
  return addOptions(command, signedOptions)
    .addHelpText('after', EXAMPLES)
    .action((text: string, given: Given) => {
      const config = cli.loadConfig()
      const options: PresetOptions = pickOptions(given, signedOptions)
      // What is wrong shall be said here, and not to whoever opens the URL.
      completeOptions(expandPreset(config.access.presets, options))
      const query = { ...planSource(text), ...(options as Record<string, string | number>) }
      const url = signThumbnailUrl(chooseSecret(config, given.keyId), {
        base: planBase(config, given.base),
        query,
        signedUntil: Math.floor(Date.now() / 1000) + given.lives
      })
      cli.stdout.write(`${url}\n`)
    })
}

function planSource (text: string): Record<string, string> {
  if (!isS3Url(text)) return { key: text }
  const { bucket, key } = parseObject(text)
  return { bucket, key }
}

function chooseSecret ({ access: { signingSecrets } }: Config, id: string | undefined) {
  const secret = id === undefined ? signingSecrets[0] : signingSecrets.find((other) => other.id === id)
  if (secret !== undefined) return secret
  throw usageError(
    signingSecrets.length === 0
      ? 'POSTERFRAME_SIGNING_SECRETS is not set, so nothing can be signed.'
      : `POSTERFRAME_SIGNING_SECRETS has no secret called ${id}.`
  )
}

function planBase ({ publicUrl, host, port }: Config, given: string | undefined): string {
  const base = given ?? publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (!/^https?:\/\/[^/?#]/.test(base) || /[?#]/.test(base)) {
    throw usageError('--base is an http or https URL without query and fragment.')
  }
  return base.replace(/\/+$/, '')
}
