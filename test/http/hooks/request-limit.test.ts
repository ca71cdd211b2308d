import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'
import { connectRaw, openRequest } from '../../support/raw-http.ts'

const get = openRequest('GET', '/v1/thumbnails?key=a')

/** Starts an app whose thumbnails are made once `finish` is resolved. */
async function listen (t: Test, maxRequests: number) {
  const finish = Promise.withResolvers<undefined>()
  const running: unknown[] = []
  const makeThumbnail = async (request: unknown) => {
    running.push(request)
    await finish.promise
    return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
  }
  const { listen } = await buildContractedApp(t, { makeThumbnail }, { connections: { maxRequests } })
  return { base: await listen(), running, finish }
}

/** Repeats a request until it has a place: those that are ended have waited for their clients for a while. */
async function untilAdmitted (base: string): Promise<void> {
  for (let status = 503; status === 503; await setImmediate()) {
    status = (await fetch(`${base}/v1/thumbnails?key=b`, { redirect: 'manual' })).status
  }
}

t.test('limits the requests in flight of all connections together', async (t) => {
  const { base, running, finish } = await listen(t, 20)
  const connections = await Promise.all(Array.from({ length: 5 }, () => connectRaw(base)))
  for (const { write } of connections) write(get.repeat(4))
  while (running.length < 20) await setImmediate()

  const refused = await fetch(`${base}/v1/thumbnails?key=b`)
  t.equal(refused.status, 503)
  t.equal(refused.headers.get('retry-after'), '1')
  t.match(await refused.json(), { code: 'overloaded', detail: /^20 requests are in flight, the limit of the service/ })
  const post = { method: 'POST', body: '{"key":"a"}', headers: { 'content-type': 'application/json' } }
  t.equal((await fetch(`${base}/v1/thumbnails`, post)).status, 503)
  for (const probe of ['/healthz', '/readyz']) t.equal((await fetch(base + probe)).status, 200, probe)
  t.equal(running.length, 20)

  finish.resolve(undefined)
  for (const { receive } of connections) await receive(/(HTTP\/1.1 302 [^]*){4}\r\n\r\n$/)
  t.equal((await fetch(`${base}/v1/thumbnails?key=b`, { redirect: 'manual' })).status, 302)
  for (const { socket } of connections) socket.destroy()
})

t.test('bounds even the requests of probes, except liveness', async (t) => {
  const finish = Promise.withResolvers<undefined>()
  const { listen } = await buildContractedApp(
    t,
    {
      checkReadiness: async () => {
        await finish.promise
        return { ready: true, checks: {} }
      }
    },
    { connections: { maxRequests: 1 } }
  )
  const base = await listen()
  const connections = await Promise.all(Array.from({ length: 3 }, () => connectRaw(base)))
  for (const { write } of connections) write(openRequest('GET', '/readyz').repeat(22))
  // The requests beyond the places of probes are refused, behind others of the connection that are not.
  while ((await fetch(`${base}/readyz`)).status !== 503) await setImmediate()
  t.equal((await fetch(`${base}/healthz`)).status, 200)
  finish.resolve(undefined)
  for (const { socket } of connections) socket.destroy()
})

t.test('ends the oldest request whose body does not arrive, in favour of one that can be answered', async (t) => {
  const { base, finish } = await listen(t, 2)
  finish.resolve(undefined)
  const head = openRequest('POST', '/v1/thumbnails', { 'content-type': 'application/json', 'content-length': 11 })
  const [first, second] = [await connectRaw(base), await connectRaw(base)]
  first.write(`${head}{`)
  // The order is that of the arrival.
  await fetch(`${base}/healthz`)
  second.write(`${head}{`)
  await fetch(`${base}/healthz`)
  await untilAdmitted(base)
  if (!first.socket.closed) await once(first.socket, 'close')
  second.write('"key":"a"}')
  t.match(await second.receive(/\r\n\r\n/), /^HTTP\/1.1 201 /, 'the other one goes on')
  second.socket.destroy()
})

t.test('does not end an upload, which has limits of its own', async (t) => {
  const { base, finish } = await listen(t, 1)
  finish.resolve(undefined)
  const upload = await connectRaw(base)
  upload.write(openRequest('POST', '/v1/thumbnails', { 'content-type': 'video/mp4', 'content-length': 5 }) + 'vi')
  while ((await fetch(`${base}/v1/thumbnails?key=b`, { redirect: 'manual' })).status !== 503) await setImmediate()
  upload.write('deo')
  t.match(await upload.receive(/\r\n\r\n/), /^HTTP\/1.1 201 /)
  upload.socket.destroy()
})

t.test('ends the oldest request whose client does not read the response', async (t) => {
  const { app, listen } = await buildContractedApp(t, {}, { connections: { maxRequests: 20 } })
  const accepted: Socket[] = []
  app.server.on('connection', (socket: Socket) => accepted.push(socket))
  const base = await listen()
  const deaf = await connectRaw(base)
  deaf.socket.pause()
  deaf.write(openRequest('GET', '/docs/swagger-ui-bundle.js').repeat(30))
  // Its responses are more than the buffers of the two sockets hold, so that most stay in flight.
  while (accepted[0] === undefined || accepted[0].writableLength === 0) await setImmediate()
  await untilAdmitted(base)
  t.equal(accepted[0].destroyed, true)
  deaf.socket.destroy()
})
