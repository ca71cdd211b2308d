import { Command, CommanderError } from 'commander'
import { styleText } from 'node:util'
import { createBackfillCommand } from './backfill-command.ts'
import { createCompletionCommand } from './completion-command.ts'
import { chooseExitCode, describeError, EXIT } from './exit-code.ts'
import { createProbeCommand } from './probe-command.ts'
import { createServeCommand } from './serve-command.ts'
import { createSignCommand } from './sign-command.ts'
import type { Shell } from './shell.ts'
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
export async function runCommand (shell: Shell, args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = createProgram(shell, (code) => { exitCode = code })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has said it, and ends with 0 after help and version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    reportLine(shell, describeError(error))
    return chooseExitCode(error)
  }
}

/** The commands; `end` takes the exit code of one that ended in order, but not well. */
export function createProgram (shell: Shell, end: (exitCode: number) => void = () => {}): Command {
  const program = new Command('posterframe')
    .description('A moment of a video as a picture: of an object in S3, of a file, of a whole bucket.')
    .version(shell.version, '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', AFTER)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => { shell.stdout.write(text) },
      writeErr: (text) => { shell.stderr.write(text) },
      outputError: (text) => { reportLine(shell, `invalid_request: ${text.replace(/^error: /, '').trim()}`) }
    })
  const commands = [createThumbnailCommand, createStoryboardCommand, createProbeCommand]
  for (const create of commands) addCommand(program, create(shell))
  addCommand(program, createBackfillCommand(shell, end))
  for (const create of [createSignCommand, createServeCommand]) addCommand(program, create(shell))
  addCommand(program, createCompletionCommand(shell, program))
  return program
}

function addCommand (program: Command, command: Command): void {
  program.addCommand(command.copyInheritedSettings(program))
}

/** Errors are red where somebody looks, and who looks wants colours (NO_COLOR). */
function reportLine ({ stderr }: Shell, line: string): void {
  stderr.write(`${styleText('red', line, { stream: stderr as unknown as NodeJS.WritableStream })}\n`)
}
