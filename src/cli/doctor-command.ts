import { styleText } from 'node:util'
import { Command } from 'commander'
import { type Config, ConfigError } from '../config/config.ts'
import { type Check, failed } from '../doctor/check.ts'
import { EXIT } from './exit-code.ts'
import { type CliContext, printJson } from './cli-context.ts'
import { usageError } from './option-flags.ts'
import { parseObject } from './source-argument.ts'

const EXAMPLES = `
Examples:
  posterframe doctor
  posterframe doctor s3://my-videos/films/a.mp4
  posterframe doctor --json

Writes one object, posterframe-doctor.txt under the output prefix, and removes nothing.

Exit codes: 0 no check failed (some may have warned), 1 a check failed.`

const STYLES = { ok: 'green', warn: 'yellow', fail: 'red' } as const

/** Creates `posterframe doctor`, which checks everything that the service needs and says what to do. */
export function createDoctorCommand (cli: CliContext, setExitCode: (exitCode: number) => void): Command {
  return new Command('doctor')
    .description('check the store, its buckets and this machine, and say what to do')
    .argument('[video]', 's3://bucket/key, a video to read as a request would (default: the first object of each bucket)')
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string | undefined, flags: { readonly json?: boolean }) => {
      const checks = await check(cli, text)
      if (flags.json === true) printJson(cli, { ok: !hasFailed(checks), checks })
      else printChecks(cli, checks)
      setExitCode(hasFailed(checks) ? EXIT.usage : EXIT.ok)
    })
}

async function check (cli: CliContext, text: string | undefined): Promise<Check[]> {
  const video = text === undefined ? undefined : parseObject(text)
  let config: Config
  try {
    config = cli.loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [
      failed('configuration', {
        detail: error.message,
        nextStep: 'Correct these variables; docs/configuration.md describes all of them.'
      })
    ]
  }
  if (video !== undefined && !config.sourceBuckets.includes(video.bucket)) {
    throw usageError(`The bucket '${video.bucket}' is not one of POSTERFRAME_SOURCE_BUCKETS.`)
  }
  return await cli.runChecks(config, { video, signal: cli.watchInterruption() })
}

function hasFailed (checks: readonly Check[]): boolean {
  return checks.some(({ status }) => status === 'fail')
}

function printChecks ({ stdout }: CliContext, checks: readonly Check[]): void {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const indent = ' '.repeat(width + 8)
  for (const { name, status, detail, nextStep } of checks) {
    const label = styleText(STYLES[status], status.padEnd(4), { stream: stdout as unknown as NodeJS.WritableStream })
    stdout.write(`${label}  ${name.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}`)}\n`)
    if (nextStep !== undefined) stdout.write(`${indent}${nextStep}\n`)
  }
  const count = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length
  stdout.write(`\n${checks.length} ${checks.length === 1 ? 'check' : 'checks'}: ${count('ok')} ok, ${count('warn')} warned, ${count('fail')} failed.\n`)
}
