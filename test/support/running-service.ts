import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Returns a free port on loopback. */
export async function findFreePort (): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

/** A running program that serves HTTP. */
export interface RunningService {
  readonly base: string
  readonly pid: number
  /** Returns the output so far, and how the program ended if it has. */
  readonly output: () => string
  /** Sends SIGTERM and returns the exit code. */
  readonly stop: () => Promise<number | null>
}

/**
 * Starts a program on a free port of loopback and waits until it is healthy. With `ownGroup`, the signal to stop goes
 * to its child processes too, as from a terminal, and the exit code is that of the program alone.
 *
 * @throws Error with the output if the program exits before it is healthy
 */
export async function startService (
  command: string,
  args: readonly string[],
  { cwd, env, ownGroup = false }: { cwd: string, env: NodeJS.ProcessEnv, ownGroup?: boolean }
): Promise<RunningService> {
  const port = await findFreePort()
  const child = spawn(command, args, {
    cwd,
    env: { ...env, POSTERFRAME_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  child.on('exit', (code, signal) => {
    output += `(ended with ${signal ?? `exit code ${code}`})\n`
  })
  // The pipes of a group close when its last process ends.
  const ended = once(child, ownGroup ? 'close' : 'exit') as Promise<[number | null]>
  const service = {
    base: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    output: () => output,
    stop: async () => {
      if (ownGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      else child.kill('SIGTERM')
      return (await ended)[0]
    }
  }
  while (!(await isHealthy(service.base))) {
    if (hasEnded(child)) throw new Error(`The service exited before it was healthy:\n${output}`)
    await delay(50)
  }
  return service
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const isHealthy = async (base: string): Promise<boolean> =>
  await fetch(`${base}/healthz`).then(
    ({ ok }) => ok,
    () => false
  )
