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
  /** Returns the output so far. */
  readonly output: () => string
  /** Sends SIGTERM and returns the exit code. */
  readonly stop: () => Promise<number | null>
}

/**
 * Starts a program on a free port of loopback and waits until it is healthy.
 *
 * @throws Error with the output if the program exits before it is healthy
 */
export async function startService (
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd: string, env: NodeJS.ProcessEnv }
): Promise<RunningService> {
  const port = await findFreePort()
  const child = spawn(command, args, {
    cwd,
    env: { ...env, POSTERFRAME_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const ended = once(child, 'exit') as Promise<[number | null]>
  const service = {
    base: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
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
