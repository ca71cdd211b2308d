// What `npm start` prints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { assertPortIsFree } from '../../scripts/port.mjs'
import { findFreePort } from '../support/running-service.ts'

/** The part of a tap test that the cleanup needs. */
interface Test {
  teardown(task: () => unknown): void
}

/** Listens on a port until the end of the test. */
async function occupyPort (t: Test): Promise<string> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return String((server.address() as AddressInfo).port)
}

function start (t: Test, args: readonly string[], env: NodeJS.ProcessEnv) {
  const own = Object.entries(process.env).filter(([name]) => !/^(POSTERFRAME_|PORT$|HOST$)/.test(name))
  const child = spawn(process.execPath, args, { env: { ...Object.fromEntries(own), ...env } })
  t.teardown(() => child.kill())
  let output = ''
  const grown = new EventTarget()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      grown.dispatchEvent(new Event('grown'))
    })
  }
  return {
    child,
    output: () => output,
    waitFor: async (text: string): Promise<void> => {
      while (!output.includes(text)) await once(grown, 'grown')
    }
  }
}

t.test('a busy port is the first and only thing that npm start says', async (t) => {
  const port = await occupyPort(t)
  const data = join(t.testdir(), 'data')
  for (const name of ['POSTERFRAME_PORT', 'PORT']) {
    const { child, output } = start(t, ['scripts/run.mjs', 'start'], { [name]: port, POSTERFRAME_LOCAL_DIR: data })
    t.same(await once(child, 'close'), [1, null])
    t.equal(
      output(),
      `posterframe: port ${port} is in use: stop the program that uses it, or set POSTERFRAME_PORT to another one, ` +
        'such as POSTERFRAME_PORT=8080 npm start\n'
    )
  }
  t.notOk(existsSync(data), 'no sample video was made')
})

t.test('the server and the command serve say what to do about a busy port', async (t) => {
  const port = await occupyPort(t)
  for (const args of [['src/server.ts'], ['src/cli.ts', 'serve']]) {
    const { child, output } = start(t, args, { POSTERFRAME_PORT: port, POSTERFRAME_LOCAL_DIR: t.testdir() })
    t.same(await once(child, 'close'), [1, null])
    t.equal(
      output(),
      `Posterframe could not start: port ${port} of 127.0.0.1 is in use. Stop the program that uses it, or set ` +
        'POSTERFRAME_PORT to another one.\n'
    )
  }
})

t.test('leaves a port that is free, any or no number to the service', async (t) => {
  for (const port of [String(await findFreePort()), '0', 'http', '70000']) {
    await t.resolves(assertPortIsFree({ POSTERFRAME_PORT: port }), port)
  }
})

t.test('prints one line that names the page, and first requests, when the service listens', async (t) => {
  const data = t.testdir()
  mkdirSync(join(data, 'videos'))
  writeFileSync(join(data, 'videos/sample.mp4'), '')
  const env = { POSTERFRAME_PORT: String(await findFreePort()), POSTERFRAME_LOCAL_DIR: data }
  const { child, output, waitFor } = start(t, ['scripts/run.mjs', 'start'], env)
  const base = `http://127.0.0.1:${env.POSTERFRAME_PORT}`
  await waitFor('file=@')
  t.equal(output().split(`posterframe: ready: open ${base}/ in a browser\n`).length, 2)
  t.match(output(), `curl -s '${base}/v1/thumbnails'`)
  t.equal((await fetch(`${base}/`)).status, 200)
  child.kill('SIGTERM')
  t.same(await once(child, 'close'), [0, null])
})
