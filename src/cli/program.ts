import { Command, CommanderError } from 'commander'
import { styleText } from 'node:util'
import { createBackfillCommand } from './backfill-command.ts'
import { chooseExitCode, describeError, EXIT } from './exit-code.ts'
import { createProbeCommand } from './probe-command.ts'
import { createServeCommand } from './serve-command.ts'
import { createSignCommand } from './sign-command.ts'
import type { CliContext } from './cli-context.ts'
import { createStoryboardCommand } from './storyboard-command.ts'
import { createThumbnailCommand } from './thumbnail-command.ts'

const AFTER = `
Everything else is the configuration of the service: environment variables, which README lists. Without any, objects are files
under ./data/<bucket>/<key>.

Exit codes: 0 all is well, 1 the command line or the configuration is not right, 2 a source failed for good, 3 a source failed and
may not the next time, 130 interrupted.`

/**
 * Runs one command line.
 *
 * @param args what stands behind the name of the program
 * @returns the exit code; what went wrong has been said
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
    // Commander has said it, and ends with 0 after help and version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    reportLine(cli, describeError(error))
    return chooseExitCode(error)
  }
}

/** The commands; `end` takes the exit code of one that ended in order, but not well. */
export function createProgram (cli: CliContext, end: (exitCode: number) => void = () => {}): Command {
  const program = new Command('posterframe')
    .description('A moment of a video as a picture: of an object in S3, of a file, of a whole bucket.')
    .version(cli.version, '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', AFTER)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        cli.stdout.write(text)
      },
      writeErr: (text) => {
        cli.stderr.write(text)
      },
      outputError: (text) => {
        reportLine(cli, `invalid_request: ${text.replace(/^error: /, '').trim()}`)
      }
    })
  const commands = [createThumbnailCommand, createStoryboardCommand, createProbeCommand]
  for (const create of commands) addCommand(program, create(cli))
  addCommand(program, createBackfillCommand(cli, end))
  for (const create of [createSignCommand, createServeCommand]) addCommand(program, create(cli))
  return program
}

function addCommand (program: Command, command: Command): void {
  program.addCommand(command.copyInheritedSettings(program))
}

/** Errors are red where somebody looks, and who looks wants colours (NO_COLOR). */
function reportLine ({ stderr }: CliContext, line: string): void {
  stderr.write(`${styleText('red', line, { stream: stderr as unknown as NodeJS.WritableStream })}\n`)
}
