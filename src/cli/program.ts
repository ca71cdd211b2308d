import { Command, CommanderError } from 'commander'
import { styleText } from 'node:util'
import { findNearestName } from '../input/nearest-name.ts'
import { createBackfillCommand } from './backfill-command.ts'
import { createBatchCommand } from './batch-command.ts'
import { createDoctorCommand } from './doctor-command.ts'
import { chooseExitCode, describeError, EXIT } from './exit-code.ts'
import { createKeyCommand } from './key-command.ts'
import { createPreviewCommand } from './preview-command.ts'
import { createProbeCommand } from './probe-command.ts'
import { createServeCommand } from './serve-command.ts'
import { createSignCommand } from './sign-command.ts'
import type { CliContext } from './cli-context.ts'
import { createStoryboardCommand } from './storyboard-command.ts'
import { createThumbnailCommand } from './thumbnail-command.ts'

const NOTES = `
All other settings are environment variables, as for the service: see docs/configuration.md. By default, objects are files
under ./data/<bucket>/<key>.

Exit codes: 0 success, 1 the command line or the configuration is invalid, 2 a source failed permanently, 3 a source failed
temporarily (run the command again), 70 a bug in Posterframe, 130 interrupted.`

/**
 * Runs one command line and prints its errors.
 *
 * @param args the arguments after the name of the program
 * @returns the exit code
 */
export async function runCommand (cli: CliContext, args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = createProgram(cli, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed the message. It also throws after help and version, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    printError(cli, describeError(error, cli.bugsUrl))
    return chooseExitCode(error)
  }
}

function createProgram (cli: CliContext, setExitCode: (exitCode: number) => void): Command {
  const outputError = (text: string) => {
    printError(cli, `invalid_request: ${text.replace(/^error: /, '').trim().replace(/\s*\n/g, ' ')}`)
  }
  const program = new Command('posterframe')
    .description('Thumbnails of videos: of an object in S3, a local file, standard input or a whole bucket.')
    .version(cli.version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', NOTES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        cli.stdout.write(text)
      },
      writeErr: (text) => {
        cli.stderr.write(text)
      },
      outputError
    })
  const commands = [
    createThumbnailCommand(cli),
    createBatchCommand(cli, setExitCode),
    createStoryboardCommand(cli),
    createPreviewCommand(cli),
    createProbeCommand(cli),
    createBackfillCommand(cli, setExitCode),
    createSignCommand(cli),
    createKeyCommand(cli),
    createDoctorCommand(cli, setExitCode),
    createServeCommand(cli)
  ]
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program))
    command.configureOutput({
      outputError: (text) => {
        outputError(suggestOption(text, command))
      }
    })
  }
  return program
}

/** Adds the option that was probably meant, unless Commander, which knows only typing errors, has suggested one. */
function suggestOption (text: string, { options }: Command): string {
  const [, message = '', name = ''] = /^(error: unknown option '--([^'=]+)(?:=.*)?')\s*$/s.exec(text) ?? []
  const nearest = findNearestName(name, options.map((option) => option.attributeName()))
  const long = options.find((option) => option.attributeName() === nearest)?.long
  return message === '' || long == null ? text : `${message} (Did you mean ${long}?)`
}

/** Prints an error, in red if standard error is a terminal with colours (see NO_COLOR). */
function printError ({ stderr }: CliContext, line: string): void {
  stderr.write(`${styleText('red', line, { stream: stderr as unknown as NodeJS.WritableStream })}\n`)
}
