import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { buildApp } from '../../src/http/app.ts'
import { createFakeServices, fakeSettings } from '../support/fake-services.ts'

t.test('a client that leaves in the middle of a JSON body is no failure of the service', async (t) => {
  let log = ''
  const logStream = {
    write (line: string) {
      log += line
    }
  }
  const app = await buildApp(createFakeServices(t.testdir()), { ...fakeSettings, logLevel: 'info', logStream })
  t.teardown(() => app.close())
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write('POST /v1/thumbnails HTTP/1.1\r\nHost: a\r\n')
  socket.write('Content-Type: application/json\r\nContent-Length: 200\r\n\r\n{')
  while (!log.includes('incoming request')) await new Promise(setImmediate)
  socket.resetAndDestroy()
  while (!/client disconnected|internal_error/.test(log)) await new Promise(setImmediate)
  t.notMatch(log, /internal_error|"level":50/)
})
