import t from 'tap'
import { createTurnWatcher, parseRequestHead } from '../../../bench/store/http-turns.ts'

t.test('reads method, path and range of a request', async (t) => {
  const head = parseRequestHead(
    Buffer.from('GET /videos/a.mp4?x=1 HTTP/1.1\r\nHost: h\r\nrange: bytes=10-19\r\n\r\nRange: bytes=1-2')
  )
  t.same(head, { method: 'GET', path: '/videos/a.mp4?x=1', range: [10, 19] })
  t.equal(
    parseRequestHead(Buffer.from('GET / HTTP/1.1\r\nRange: bytes=10-\r\n\r\n')).range,
    null,
    'an open range has no last byte'
  )
})

t.test('finds where requests and responses begin on a connection', async (t) => {
  const watcher = createTurnWatcher()
  t.equal(watcher.watchClient(Buffer.from('PUT /a HTTP/1.1\r\n\r\n'))?.method, 'PUT')
  t.equal(watcher.watchServer(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')), false, 'an interim response')
  t.equal(watcher.watchClient(Buffer.from('the body')), undefined)
  t.equal(watcher.watchServer(Buffer.from('HTTP/1.1 200 OK\r\n')), true)
  t.equal(watcher.watchServer(Buffer.from('the body')), false)
  t.equal(watcher.watchClient(Buffer.from('GET /b HTTP/1.1\r\n\r\n'))?.path, '/b')
})
