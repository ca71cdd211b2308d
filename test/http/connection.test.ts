import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { ClientDisconnectedError } from '../../src/http/request-signal.ts'
import { buildContractedApp } from '../support/contracted-app.ts'
import { createFakeServices, fakeThumbnail } from '../support/fake-services.ts'
import { buildForm, FORM_TYPE, openPart } from '../support/multipart-body.ts'
import { connectRaw, openRequest, wrapChunk } from '../support/raw-http.ts'
import type { AppServices, AppSettings } from '../../src/http/services.ts'

const file = { name: 'file', filename: 'a.mp4', content: Buffer.alloc(100_000) }
const chunked = openRequest('POST', '/v1/thumbnails', { 'content-type': FORM_TYPE, 'transfer-encoding': 'chunked' })

/** Starts a listening app. `entered` and `left` resolve when a request opens and removes its scratch directory. */
async function listen (
  t: Parameters<typeof buildContractedApp>[0],
  services: Partial<AppServices> = {},
  settings: Partial<AppSettings> = {}
) {
  const root = t.testdir()
  const { scratch } = createFakeServices(root)
  const entered = Promise.withResolvers<undefined>()
  const left = Promise.withResolvers<undefined>()
  const watched: AppServices['scratch'] = {
    reserveSpace: async () => {},
    withDirectory: (task) =>
      scratch
        .withDirectory(async (directory) => {
          entered.resolve(undefined)
          return await task(directory)
        })
        .finally(() => {
          left.resolve(undefined)
        })
  }
  const built = await buildContractedApp(t, { scratch: watched, ...services }, settings)
  return {
    ...built,
    root,
    entered: entered.promise,
    left: left.promise,
    connection: await connectRaw(await built.listen())
  }
}

t.test('removes the upload when the client disconnects during it', async (t) => {
  const { connection, entered, left, root, services } = await listen(t)
  connection.write(chunked)
  connection.write(wrapChunk(Buffer.from(openPart(file))))
  connection.write(wrapChunk(file.content))
  await entered
  connection.socket.destroy()
  await left
  t.same(await readdir(root), [])
  t.same(services.requests, [])
})

t.test('stops the work when the client disconnects, for an upload and for a key', async (t) => {
  const body = buildForm([file])
  const requests = [
    openRequest('POST', '/v1/thumbnails', { 'content-type': FORM_TYPE, 'content-length': body.length }) +
      body.toString('latin1'),
    openRequest('POST', '/v1/thumbnails', { 'content-type': 'application/json', 'content-length': 11 }) + '{"key":"a"}',
    openRequest('GET', '/v1/thumbnails?key=a')
  ]
  for (const request of requests) {
    const started = Promise.withResolvers<AbortSignal>()
    const { connection, root, left } = await listen(t, {
      makeThumbnail: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error)
          })
          started.resolve(signal)
        })
    })
    connection.write(Buffer.from(request, 'latin1'))
    const signal = await started.promise
    t.notOk(signal.aborted, 'the end of the body is not a disconnect')
    connection.socket.destroy()
    await once(signal, 'abort')
    t.ok(signal.reason instanceof ClientDisconnectedError)
    if (request === requests[0]) await left
    t.same(await readdir(root), [])
  }
})

t.test('ends a stalled upload as upload_stalled, before the file and within it', async (t) => {
  for (const start of ['', openPart(file) + 'abc']) {
    const { connection, root, left } = await listen(t, {}, { uploadIdleMs: 20 })
    connection.write(chunked)
    if (start !== '') connection.write(wrapChunk(Buffer.from(start)))
    const answer = await connection.receive(/\}$/)
    t.match(answer, /^HTTP\/1.1 408 /)
    t.match(answer, /"code":"upload_stalled"/)
    await left
    t.same(await readdir(root), [])
    connection.socket.destroy()
  }
})

t.test('sends the error to a client that exceeds the limit and continues sending', async (t) => {
  const { connection, root, services } = await listen(t, {}, { maxUploadBytes: 200_000 })
  connection.write(chunked)
  connection.write(wrapChunk(Buffer.from(openPart(file))))
  for (let i = 0; i < 40; i++) connection.write(wrapChunk(file.content))
  const answer = await connection.receive(/\}$/)
  t.match(answer, /^HTTP\/1.1 413 /)
  t.match(answer, /"code":"upload_too_large"/)
  t.same(await readdir(root), [])
  t.same(services.requests, [])
  connection.socket.destroy()
})

const raw = { 'content-type': 'video/mp4', 'transfer-encoding': 'chunked' }

t.test('removes a video body when the client disconnects during it', async (t) => {
  const { connection, entered, left, root, services } = await listen(t)
  connection.write(openRequest('POST', '/v1/thumbnails', raw))
  connection.write(wrapChunk(file.content))
  await entered
  connection.socket.destroy()
  await left
  t.same(await readdir(root), [])
  t.same(services.requests, [])
})

t.test('ends a stalled video body as upload_stalled, however short the time limit of JSON is', async (t) => {
  for (const type of ['video/mp4', 'application/octet-stream', undefined]) {
    const { connection, root, left } = await listen(t, {}, { uploadIdleMs: 200, arrivalTimeoutMs: 20 })
    const headers = { 'transfer-encoding': 'chunked', ...(type === undefined ? {} : { 'content-type': type }) }
    connection.write(openRequest('POST', '/v1/thumbnails', headers))
    connection.write(wrapChunk(file.content))
    const answer = await connection.receive(/\}$/)
    t.match(answer, /^HTTP\/1.1 408 [^]*"code":"upload_stalled"/, String(type))
    await left
    t.same(await readdir(root), [])
    connection.socket.destroy()
  }
})

t.test('sends the error to a client whose video body exceeds the limit', async (t) => {
  const { connection, root, services } = await listen(t, {}, { maxUploadBytes: 200_000 })
  connection.write(openRequest('POST', '/v1/thumbnails', raw))
  for (let i = 0; i < 40; i++) connection.write(wrapChunk(file.content))
  connection.write('0\r\n\r\n')
  t.match(await connection.receive(/\}$/), /^HTTP\/1.1 413 [^]*"code":"upload_too_large"/)
  t.same(await readdir(root), [])
  t.same(services.requests, [])
  connection.write(openRequest('GET', '/healthz'))
  t.match(await connection.receive(/\{"status":"ok"\}/), /HTTP\/1.1 200 /, 'the rest is discarded')
  connection.socket.destroy()
})

t.test('keeps the connection open after discarding a rejected body', async (t) => {
  const { connection } = await listen(t)
  const body = buildForm([file])
  connection.write(
    openRequest('POST', '/v1/thumbnails?unknown=1', { 'content-type': FORM_TYPE, 'content-length': body.length })
  )
  await connection.receive(/"parameter":"unknown"/)
  connection.write(body)
  connection.write(openRequest('GET', '/healthz'))
  t.match(await connection.receive(/\{"status":"ok"\}/), /HTTP\/1.1 200 /)
  connection.socket.destroy()
})

t.test('responds to invalid HTTP with a problem document and closes the connection', async (t) => {
  const { connection } = await listen(t)
  connection.write('NOT HTTP\r\n\r\n')
  const answer = await connection.receive(/\}$/)
  t.match(answer, /^HTTP\/1.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/)
  t.match(answer, /"code":"invalid_request"/)
  await once(connection.socket, 'close')
})

t.test('finishes running requests while closing, and sends 503 to new ones except /healthz', async (t) => {
  const started = Promise.withResolvers<undefined>()
  const finish = Promise.withResolvers<undefined>()
  const { app, connection: running } = await listen(t, {
    makeThumbnail: async () => {
      started.resolve(undefined)
      await finish.promise
      return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
    }
  })
  const base = `http://127.0.0.1:${running.socket.remotePort ?? 0}`
  const late = await connectRaw(base)
  const health = await connectRaw(base)
  running.write(openRequest('GET', '/v1/thumbnails?key=a'))
  // Connections with an incomplete request stay open while idle ones are closed.
  late.write('GET /v1/thumbnails?key=b HTTP/1.1\r\n')
  health.write('GET /healthz HTTP/1.1\r\n')
  await started.promise

  const closed = app.close()
  while (app.server.listening) await setImmediate()
  await t.rejects(connectRaw(base), { code: 'ECONNREFUSED' })
  late.write('host: test\r\n\r\n')
  const rejection = await late.receive(/\}$/)
  t.match(rejection, /^HTTP\/1.1 503 /)
  t.match(rejection, /retry-after: 5\r\n/)
  t.match(rejection, /connection: close\r\n/)
  t.match(rejection, /"code":"overloaded"/)
  health.write('host: test\r\n\r\n')
  t.match(await health.receive(/\}$/), /^HTTP\/1.1 200 /)

  finish.resolve(undefined)
  t.match(await running.receive(/\r\n\r\n$/), /^HTTP\/1.1 302 [^]*connection: close/)
  await closed
})

t.test('ends a dripping upload when it shuts down, and records the jobs as interrupted before that', async (t) => {
  const order: string[] = []
  const jobs = {
    ...createFakeServices().jobs,
    close: async () => {
      order.push('jobs are recorded')
      await setImmediate()
      order.push(connection.socket.destroyed ? 'too late' : 'connection is open')
    }
  }
  const built = await listen(t, { jobs }, { connections: { drainMs: 100 } })
  const { app, connection, entered, left, root } = built
  connection.write(chunked)
  connection.write(wrapChunk(Buffer.from(openPart(file))))
  await entered
  const drip = setInterval(() => {
    connection.write(wrapChunk(Buffer.from('v')))
  }, 10)
  t.teardown(() => {
    clearInterval(drip)
  })
  await app.close()
  await left
  t.same(order, ['jobs are recorded', 'connection is open'])
  t.same(await readdir(root), [])
})

t.test('closes the connections although the jobs cannot be recorded', async (t) => {
  const jobs = {
    ...createFakeServices().jobs,
    close: async () => {
      throw new Error('the store is down')
    }
  }
  const { app, connection, entered } = await listen(t, { jobs }, { connections: { drainMs: 0 } })
  connection.write(chunked)
  connection.write(wrapChunk(Buffer.from(openPart(file))))
  await entered
  const closed = once(connection.socket, 'close')
  await app.close()
  await closed
})
