// Runs the command line as a user does, in a separate process.
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { findTestFfmpeg } from './videos.ts'

const PROGRAM = new URL('../../src/cli.ts', import.meta.url).pathname

/** The output and the exit code of a command. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The working directory and environment of a command. It inherits nothing from the environment of the tests. */
export interface CommandPlace {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; none by default. */
  readonly input?: Uint8Array
}

/** Starts a command. The caller awaits `end`. */
export async function startCommand (
  args: readonly string[],
  { cwd, env = {}, input }: CommandPlace
): Promise<{ readonly child: ChildProcess, readonly end: Promise<CommandEnd> }> {
  const environment = { PATH: process.env['PATH'], FFMPEG_PATH: await findTestFfmpeg(), ...env }
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: environment,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>
  // A command that fails early does not read its input.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  return { child, end: output.then(([stdout, stderr, [exitCode]]) => ({ stdout, stderr, exitCode })) }
}

/** Runs a command until it exits. */
export async function runCommandLine (args: readonly string[], place: CommandPlace): Promise<CommandEnd> {
  return await (
    await startCommand(args, place)
  ).end
}
