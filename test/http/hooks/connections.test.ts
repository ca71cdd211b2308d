import { once } from 'node:events'
import t from 'tap'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'
import { connectRaw, openRequest } from '../../support/raw-http.ts'

const get = openRequest('GET', '/healthz')
const OK = /\{"status":"ok"\}/

t.test('closes the connection that has been idle longest when there are too many', async (t) => {
  const { listen } = await buildContractedApp(t, {}, { connections: { maxConnections: 3 } })
  const base = await listen()
  const [first, second, third] = [await connectRaw(base), await connectRaw(base), await connectRaw(base)]
  // The request makes the first one the latest.
  first.write(get)
  await first.receive(OK)
  const fourth = await connectRaw(base)
  await once(second.socket, 'close')
  for (const connection of [first, third, fourth]) {
    connection.write(get)
    await connection.receive(OK)
    connection.socket.destroy()
  }
})

t.test('does not close a connection whose request is running', async (t) => {
  const started = Promise.withResolvers<undefined>()
  const finish = Promise.withResolvers<undefined>()
  const makeThumbnail = async () => {
    started.resolve(undefined)
    await finish.promise
    return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
  }
  const { listen } = await buildContractedApp(t, { makeThumbnail }, { connections: { maxConnections: 1 } })
  const base = await listen()
  const running = await connectRaw(base)
  running.write(openRequest('GET', '/v1/thumbnails?key=a'))
  await started.promise
  const refused = await connectRaw(base)
  await once(refused.socket, 'close')
  finish.resolve(undefined)
  t.match(await running.receive(/\r\n\r\n$/), /^HTTP\/1.1 302 /)
  const next = await connectRaw(base)
  next.write(get)
  await next.receive(OK)
  next.socket.destroy()
})

t.test('limits the connections of an address', async (t) => {
  const { listen } = await buildContractedApp(t, {}, { connections: { maxConnectionsPerAddress: 2 } })
  const base = await listen()
  const [first, second, third] = [await connectRaw(base), await connectRaw(base), await connectRaw(base)]
  await once(third.socket, 'close')
  second.socket.destroy()
  first.write(get)
  await first.receive(OK)
  for (;;) {
    const next = await connectRaw(base)
    next.write(get)
    // The server may not know yet that the second one was closed.
    if (await next.receive(OK).catch(() => undefined) === undefined) continue
    next.socket.destroy()
    break
  }
  first.socket.destroy()
})

t.test('limits the requests in flight of a connection', async (t) => {
  const finish = Promise.withResolvers<undefined>()
  const running: unknown[] = []
  const makeThumbnail = async (request: unknown) => {
    running.push(request)
    await finish.promise
    return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
  }
  const { listen } = await buildContractedApp(t, { makeThumbnail })
  const base = await listen()
  const connection = await connectRaw(base)
  connection.write(openRequest('GET', '/v1/thumbnails?key=a').repeat(40))
  while (running.length < 32) await new Promise(setImmediate)
  finish.resolve(undefined)
  await once(connection.socket, 'close')
  const text = await connection.receive(/"overloaded"/)
  t.equal(text.match(/^HTTP\/1.1 302 /gm)?.length, 32)
  t.match(text, /HTTP\/1.1 503 [^]*connection: close\r\n[^]*More than 32 requests are in flight on this connection/)
  t.equal(running.length, 32)

  const flood = await connectRaw(base)
  flood.write(get.repeat(257))
  await once(flood.socket, 'close')
})
