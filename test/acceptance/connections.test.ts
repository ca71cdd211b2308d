import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { startService } from '../support/running-service.ts'
import { connectRaw, openRequest } from '../support/raw-http.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'

/** Far below what the responses would take if each had a copy of its own. */
const MAX_GROWTH_MIB = 150

/** Starts the service with few file descriptors. */
async function startWithFewFiles (t: Test, limit: number) {
  const directory = t.testdir({ videos: {} })
  await makeBarcodeVideo(`${directory}/videos`, 'film.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
  const service = await startService(
    '/bin/sh',
    ['-c', `ulimit -n ${limit} && exec "$@"`, 'sh', process.execPath, 'src/server.ts'],
    {
      cwd: process.cwd(),
      env: {
        PATH: process.env['PATH'],
        FFMPEG_PATH: await findTestFfmpeg(),
        POSTERFRAME_LOCAL_DIR: directory,
        POSTERFRAME_LOG_LEVEL: 'warn'
      }
    }
  )
  t.teardown(() => service.stop())
  return service
}

t.test('makes a thumbnail beside twice as many silent connections as it has file descriptors', async (t) => {
  const { base, output } = await startWithFewFiles(t, 256)
  const { hostname, port } = new URL(base)
  const sockets = Array.from({ length: 512 }, () => connect(Number(port), hostname).on('error', () => {}))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  while (sockets.filter(({ closed }) => closed).length < 256) await new Promise((resolve) => setTimeout(resolve, 20))
  const thumbnail = await fetch(`${base}/v1/thumbnails?key=film.mp4&timestamp=first`)
  t.equal(thumbnail.status, 200, output())
  t.match(thumbnail.headers.get('content-type'), 'image/jpeg')
})

t.test('answers visitors beside as many requests without their bodies as there may be connections', async (t) => {
  const { base, output } = await startWithFewFiles(t, 256)
  const { hostname, port } = new URL(base)
  const head =
    'POST /v1/storyboards HTTP/1.1\r\nHost: localhost\r\n' +
    'Content-Type: application/json\r\nContent-Length: 200\r\n\r\n{'
  const sockets = Array.from({ length: 256 }, () => connect(Number(port), hostname).on('error', () => {}))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (const socket of sockets) socket.write(head)
  while (sockets.filter(({ closed }) => closed).length < 64) await new Promise((resolve) => setTimeout(resolve, 20))
  // A request is not ended in its first second.
  let healthy: Response | undefined
  while (healthy === undefined) healthy = await fetch(`${base}/healthz`).catch(() => undefined)
  t.equal(healthy.status, 200, output())
  t.ok(sockets.filter(({ closed }) => !closed).length > 50, 'while most of those requests still wait')
  t.equal((await fetch(`${base}/v1/thumbnails?key=film.mp4&timestamp=first`)).status, 200, output())
})

t.test('serves pipelined requests of every open route in bounded memory', async (t) => {
  const { base, pid } = await startWithFewFiles(t, 1024)
  const readMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  await fetch(`${base}/docs/swagger-ui-bundle.js`)
  const before = readMiB()
  for (const path of [
    '/',
    '/docs',
    '/docs/',
    '/docs/nothing',
    '/docs/docs.js',
    '/docs/swagger-ui.css',
    '/docs/swagger-ui-bundle.js',
    '/openapi.yaml',
    '/playground/playground.css',
    '/healthz',
    '/readyz',
    '/metrics',
    '/objects',
    '/nothing'
  ]) {
    // This client sends all and reads nothing until the service has stopped reading.
    const connections = await Promise.all(Array.from({ length: 8 }, () => connectRaw(base)))
    for (const { socket, write } of connections) {
      socket.pause()
      write(openRequest('GET', path, { host: 'localhost' }).repeat(200))
    }
    t.equal((await fetch(`${base}/healthz`)).status, 200)
    t.ok(readMiB() - before < MAX_GROWTH_MIB, `${path}: ${Math.round(readMiB() - before)} MiB more`)
    await Promise.all(
      connections.map(async ({ socket }) => {
        socket.destroy()
        if (!socket.closed) await once(socket, 'close')
      })
    )
  }
})
