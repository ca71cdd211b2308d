import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { FastifyRequest } from 'fastify'
import { PosterframeError } from '../../../src/errors.ts'
import { nameCaller } from '../../../src/http/hooks/access.ts'
import { ClientDisconnectedError } from '../../../src/http/request-signal.ts'
import type { AppServices, AppSettings } from '../../../src/http/services.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { createFakeServices } from '../../support/fake-services.ts'
import { connectRaw, openRequest, wrapChunk } from '../../support/raw-http.ts'

const head = openRequest('POST', '/v1/thumbnails', { 'content-type': 'video/mp4', 'content-length': 1_000_000 })

/** Starts an app that counts what it reserves. */
async function listen (t: Test, settings: Partial<AppSettings>, reserveSpace?: AppServices['scratch']['reserveSpace']) {
  const reserved: Array<readonly [bytes: number, directory: string | undefined]> = []
  const { scratch } = createFakeServices(t.testdir())
  const counting: AppServices['scratch'] = {
    withDirectory: (task) => scratch.withDirectory(task),
    reserveSpace: async (bytes, directory) => {
      reserved.push([bytes, directory])
      await reserveSpace?.(bytes, directory)
    }
  }
  const { listen } = await buildContractedApp(t, { scratch: counting }, settings)
  return { base: await listen(), reserved }
}

t.test('limits the uploads at once, of one caller and in all', async (t) => {
  for (const [connections, status, code] of [
    [{ maxUploads: 2 }, 503, 'overloaded'],
    [{ maxUploads: 9, maxUploadsPerCaller: 2 }, 429, 'rate_limited']
  ] as const) {
    const { base, reserved } = await listen(t, { connections })
    const stalled = [await connectRaw(base), await connectRaw(base)]
    for (const { write } of stalled) write(head)
    while (reserved.length < 2) await setImmediate()
    const post = () => fetch(`${base}/v1/thumbnails`, { method: 'POST', body: 'v', headers: { 'content-type': 'video/mp4' } })
    const refused = await post()
    t.equal(refused.status, status)
    t.equal(refused.headers.get('retry-after'), '5')
    t.match(await refused.json(), { code })
    const json = { method: 'POST', body: '{"key":"a"}', headers: { 'content-type': 'application/json' } }
    t.equal((await fetch(`${base}/v1/thumbnails`, json)).status, 201, 'other requests are not limited')
    for (const { socket } of stalled) {
      socket.destroy()
      await once(socket, 'close')
    }
    let answer = await post()
    while (answer.status !== 201) answer = await post()
  }
})

t.test('a caller whose connection is gone has no name for limits, since nothing would free its place', async (t) => {
  const request = (ip: string | undefined, destroyed: boolean, identity?: object) =>
    ({ ip, identity, raw: { socket: { destroyed } } }) as unknown as FastifyRequest
  t.equal(nameCaller(request('127.0.0.1', false)), 'address 127.0.0.1')
  t.equal(nameCaller(request('127.0.0.1', false, { name: 'a' })), 'name a')
  t.throws(() => nameCaller(request(undefined, true)), ClientDisconnectedError)
  t.throws(() => nameCaller(request(undefined, true, { name: 'a' })), ClientDisconnectedError)
})

t.test('an upload frees its place when its body has arrived', async (t) => {
  const { base } = await listen(t, { connections: { maxUploads: 1 } })
  for (let count = 0; count < 5; count++) {
    const answer = await fetch(`${base}/v1/thumbnails`, {
      method: 'POST',
      body: 'v',
      headers: { 'content-type': 'video/mp4' }
    })
    t.equal(answer.status, 201)
    await answer.text()
  }
})

t.test('a stalled upload holds no more room than twice what it has sent', async (t) => {
  const { base, reserved } = await listen(t, {})
  const connection = await connectRaw(base)
  connection.write(openRequest('POST', '/v1/thumbnails', { 'content-type': 'video/mp4', 'content-length': 1_000_000 }))
  connection.write(Buffer.alloc(1000))
  while (reserved.length < 2) await setImmediate()
  t.match(reserved[0], [1_000_000, undefined], 'what is promised is checked, and not held')
  const held = reserved.slice(1).reduce((sum, [bytes]) => sum + bytes, 0)
  t.ok(held >= 1000 && held <= 2000, `${held} bytes are held`)
  connection.socket.destroy()
})

t.test('an upload ends when the disk fills up while it arrives', async (t) => {
  const { base, reserved } = await listen(t, {}, async (bytes) => {
    if (bytes > 1000) throw new PosterframeError('scratch_full', { retryAfterSeconds: 10 })
  })
  const connection = await connectRaw(base)
  connection.write(
    openRequest('POST', '/v1/thumbnails', { 'content-type': 'video/mp4', 'transfer-encoding': 'chunked' })
  )
  connection.write(wrapChunk(Buffer.alloc(100)))
  while (reserved.length < 2) await setImmediate()
  connection.write(wrapChunk(Buffer.alloc(100_000)))
  t.match(await connection.receive(/\}$/), /^HTTP\/1.1 503 [^]*"code":"scratch_full"/)
  connection.socket.destroy()
})

t.test('ends an upload that drips', async (t) => {
  const { base } = await listen(t, { uploadIdleMs: 200 })
  const connection = await connectRaw(base)
  connection.write(head)
  const drip = setInterval(() => {
    connection.write('v')
  }, 20)
  t.teardown(() => {
    clearInterval(drip)
  })
  t.match(await connection.receive(/\}$/), /^HTTP\/1.1 408 [^]*less than 4,096 bytes per second arrived over 0\.4 s/)
  connection.socket.destroy()
})
