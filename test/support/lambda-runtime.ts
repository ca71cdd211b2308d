// Runs the Lambda entry as Lambda does: with the runtime interface client, which polls the Runtime API for events
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'

const CLIENT = join(import.meta.dirname, '../lambda/node_modules/aws-lambda-ric/index.mjs')
const NEXT = '/2018-06-01/runtime/invocation/next'
const OUTCOME = /^\/2018-06-01\/runtime\/(?:invocation\/([^/]+)\/(response|error)|init\/error)$/

/** The reason to skip tests that need the runtime interface client, for tap's `skip`; false if they can run. */
export const lambdaRuntimeMissing: string | false = existsSync(CLIENT) ? false : 'needs npm ci in test/lambda'

/** An error that a function threw, in the format of the Runtime API. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
}

/** A function that waits for its first event. */
export interface LambdaFunction {
  /** Milliseconds from the start of the process to its first request for an event. */
  readonly initMs: number
  readonly pid: number
  /** Returns the output so far. */
  readonly output: () => string
  /**
   * Sends an event and returns the response. Rejects with a `FunctionError` as the cause if the function throws, and if
   * the process exits first.
   */
  readonly invoke: (event: unknown, options?: { readonly timeoutMs?: number }) => Promise<unknown>
  /** Sends a signal and returns the exit status of the process. */
  readonly stop: (
    signal?: NodeJS.Signals
  ) => Promise<{ readonly code: number | null, readonly signal: NodeJS.Signals | null }>
}

interface Invocation {
  readonly id: string
  readonly body: string
  readonly timeoutMs: number
  readonly outcome: PromiseWithResolvers<unknown>
}

/**
 * Starts `entry` (such as `lambda.api`) of `directory` as a function.
 *
 * @throws Error with the output if the process exits before it requests an event
 */
export async function startFunction (
  entry: string,
  { directory, env }: { readonly directory: string, readonly env: NodeJS.ProcessEnv }
): Promise<LambdaFunction> {
  const queue: Invocation[] = []
  const running = new Map<string, Invocation>()
  const ready = Promise.withResolvers<void>()
  let waiting: ServerResponse | undefined
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  const startMs = performance.now()
  const child = spawn(process.execPath, [CLIENT, entry], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...describeFunction(server, directory, entry) }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  void ended.then(() => {
    server.close()
    server.closeAllConnections()
    const error = new Error(`The function exited:\n${output}`)
    ready.reject(error)
    for (const { outcome } of [...queue, ...running.values()]) outcome.reject(error)
  })
  await ready.promise
  return {
    initMs: performance.now() - startMs,
    pid: child.pid!,
    output: () => output,
    invoke,
    stop: (signal = 'SIGTERM') => stop(child, ended, signal)
  }

  async function handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === NEXT) {
      ready.resolve()
      waiting = response
      return dispatch()
    }
    const [, id = '', kind = 'error'] = OUTCOME.exec(request.url ?? '') ?? []
    const body = await json(request)
    response.writeHead(202).end('{"status":"OK"}')
    const { outcome } = running.get(id) ?? { outcome: ready }
    running.delete(id)
    if (kind === 'response') outcome.resolve(body as void)
    else outcome.reject(new Error('The function threw.', { cause: body }))
  }

  function dispatch (): void {
    if (waiting === undefined || queue.length === 0) return
    const [invocation, response] = [queue.shift()!, waiting]
    waiting = undefined
    running.set(invocation.id, invocation)
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': invocation.id,
        'lambda-runtime-deadline-ms': String(Date.now() + invocation.timeoutMs),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:posterframe',
        'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000'
      })
      .end(invocation.body)
  }

  async function invoke (event: unknown, { timeoutMs = 30_000 } = {}): Promise<unknown> {
    const outcome = Promise.withResolvers<unknown>()
    queue.push({ id: randomUUID(), body: JSON.stringify(event), timeoutMs, outcome })
    dispatch()
    return await outcome.promise
  }
}

function describeFunction (
  server: ReturnType<typeof createServer>,
  directory: string,
  entry: string
): NodeJS.ProcessEnv {
  return {
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    _HANDLER: entry,
    LAMBDA_TASK_ROOT: directory,
    AWS_LAMBDA_FUNCTION_NAME: 'posterframe',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/posterframe',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/26/[$LATEST]0'
  }
}

async function stop (
  child: ChildProcess,
  ended: Promise<[number | null, NodeJS.Signals | null]>,
  signal: NodeJS.Signals
) {
  child.kill(signal)
  const [code, by] = await ended
  return { code, signal: by }
}
