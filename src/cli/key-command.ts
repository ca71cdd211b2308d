import { Command, InvalidArgumentError } from 'commander'
import { generateApiKey } from '../access/api-keys.ts'
import { VERBS, type Verb } from '../access/scope.ts'
import type { CliContext } from './cli-context.ts'
import { collectValues } from './named-thumbnails.ts'

const EXAMPLES = `
Examples:
  posterframe key web
  posterframe key tenant-1 --verbs read --bucket my-videos --prefix tenant-1/

Prints the key, which is stored nowhere, and the variable of the service that permits it, which has only the hash of the
key. A service with several keys has several entries in the list, separated by commas.`

interface KeyFlags {
  readonly verbs?: readonly Verb[]
  readonly bucket?: readonly string[]
  readonly prefix?: readonly string[]
}

/** Creates `posterframe key`, which generates an API key (docs/access.md). It reads no configuration. */
export function createKeyCommand ({ stdout }: Pick<CliContext, 'stdout'>): Command {
  return new Command('key')
    .description('generate an API key and the POSTERFRAME_API_KEYS that permits it')
    .argument('<name>', 'name of the caller, for the log and the rate limit')
    .option('--verbs <list>', `some of ${VERBS.join(', ')}, comma-separated (default: read,write)`, readVerbs)
    .option('--bucket <name>', 'a bucket that the key permits; may be repeated (default: all)', collectValues)
    .option(
      '--prefix <prefix>',
      'a prefix of object keys that the key permits, with a slash at the end; may be repeated (default: all)',
      collectValues
    )
    .addHelpText('after', EXAMPLES)
    .action((name: string, { verbs = ['read', 'write'], bucket, prefix }: KeyFlags) => {
      const scope = {
        ...(bucket === undefined ? {} : { buckets: [...bucket] }),
        ...(prefix === undefined ? {} : { prefixes: [...prefix] }),
        verbs: [...verbs]
      }
      const { key, entry } = generateApiKey(name, scope)
      // A single quote, which a prefix may contain, would end the text for a shell.
      const list = JSON.stringify([entry]).replaceAll("'", '\\u0027')
      stdout.write(`key  ${key}\n\nPOSTERFRAME_API_KEYS='${list}'\n`)
    })
}

function readVerbs (text: string): Verb[] {
  const names = text.split(',').map((part) => part.trim())
  const verbs = VERBS.filter((verb) => names.includes(verb))
  const isKnown = names.every((name) => VERBS.some((verb) => verb === name))
  if (!isKnown) throw new InvalidArgumentError(`Use ${VERBS.join(', ')}, comma-separated.`)
  return verbs
}
