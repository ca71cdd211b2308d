// The command line as a user runs it, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { findTestFfmpeg } from './videos.ts'

const PROGRAM = new URL('../../src/cli.ts', import.meta.url).pathname

/** What a command said, and how it ended. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where a command runs; nothing of the environment of the tests is known to it. */
export interface CommandPlace {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a command; whoever starts it waits for its end. */
export async function startCommand (
  args: readonly string[],
  { cwd, env = {} }: CommandPlace
): Promise<{ readonly child: ChildProcess, readonly end: Promise<CommandEnd> }> {
  const known = { PATH: process.env['PATH'], FFMPEG_PATH: await findTestFfmpeg(), ...env }
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: known, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  return { child, end: said.then(([stdout, stderr, [exitCode]]) => ({ stdout, stderr, exitCode })) }
}

/** Runs a command to its end. */
export async function runCommandLine (args: readonly string[], place: CommandPlace): Promise<CommandEnd> {
  return await (
    await startCommand(args, place)
  ).end
}
