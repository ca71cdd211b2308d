import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { writeCurlLine } from '../../../src/http/playground/curl-line.js'

const run = promisify(execFile)
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false
)

/** Runs a command in a shell and returns the request that arrived. */
async function runLine (
  t: Test,
  cwd: string,
  write: (base: string) => string
): Promise<{ request: IncomingMessage, body: string }> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.end('{}')
      server.emit('asked', { request, body })
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const asked = once(server, 'asked') as Promise<Array<{ request: IncomingMessage, body: string }>>
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await run('sh', ['-c', write(base)], { cwd, env: { PATH: process.env['PATH'], POSTERFRAME_KEY: 'secret' } })
  const [first] = await asked
  if (first === undefined) throw new Error('nothing arrived')
  return first
}

const skip = hasCurl ? false : 'needs curl'

t.test('sends a key of any characters unchanged, and the API key from the environment', { skip }, async (t) => {
  const key = 'it\'s "a" $HOME `id` \\ b+ä🎬.mp4'
  const { request, body } = await runLine(t, t.testdir(), (base) => {
    const line = writeCurlLine({
      base,
      source: { kind: 'stored', key, bucket: 'videos' },
      options: { timestamp: '50%', width: 640 },
      needsKey: true
    })
    t.notMatch(line, /secret/)
    return line
  })
  t.equal(request.url, '/v1/thumbnails')
  t.equal(request.headers.authorization, 'Bearer secret')
  t.match(request.headers['content-type'], 'application/json')
  t.same(JSON.parse(body), { key, bucket: 'videos', timestamp: '50%', width: 640 })
})

t.test('sends a file of any name unchanged, with the options in the query', { skip }, async (t) => {
  const name = 'it\'s a "film"; type=x, $HOME \\.mp4'
  const directory = t.testdir()
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, name), 'the video')
  const { request, body } = await runLine(t, directory, (base) =>
    writeCurlLine({ base, source: { kind: 'file', name }, options: { timestamp: '50%' }, needsKey: false })
  )
  t.equal(request.url, '/v1/thumbnails?timestamp=50%25')
  t.notOk(request.headers.authorization)
  t.match(request.headers['content-type'], /^multipart\/form-data/)
  t.match(body, /name="file"; filename="it's a [^\r]*\r\n[^]*the video/)
})
