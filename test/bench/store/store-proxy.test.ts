import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { startStoreProxy } from '../../../bench/store/store-proxy.ts'

t.test('passes everything on and records the exchanges', async (t) => {
  const body = Buffer.alloc(3_000_000, 'x')
  // Closes the connection with the response, while the proxy still delays the first byte.
  const store = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (request) => {
      const content = request.includes('/small') ? Buffer.from('small') : body
      socket.end(
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${content.length}\r\n\r\n`),
          content
        ])
      )
    })
  })
  await once(store.listen(0, '127.0.0.1'), 'listening')
  const proxy = await startStoreProxy((store.address() as AddressInfo).port)
  t.teardown(() => {
    proxy.close()
    store.close()
  })
  t.equal(await (await fetch(`${proxy.endpoint}/small`, { headers: { range: 'bytes=0-4' } })).text(), 'small')
  t.equal((await (await fetch(`${proxy.endpoint}/large`)).text()).length, body.length)
  const exchanges = await proxy.takeExchanges()
  t.match(exchanges, [
    { method: 'GET', path: '/small', range: [0, 4] },
    { method: 'GET', path: '/large', range: null }
  ])
  t.ok(
    exchanges.every(({ startMs, firstByteMs, endMs }) => firstByteMs >= startMs + 19 && endMs >= firstByteMs),
    'the first byte was delayed'
  )
  t.ok((exchanges[1]?.bytes ?? 0) > body.length)
  t.same(await proxy.takeExchanges(), [], 'exchanges are returned once')
})
