import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse as parseContentDisposition } from 'content-disposition'
import t, { type Test } from 'tap'
import { serveLocalStore } from '../../support/serve-objects.ts'

const CONTENT = '0123456789'

async function serve (t: Test, key = 'a.mp4', content: string | Buffer = CONTENT) {
  const directory = t.testdir()
  const { store, app } = await serveLocalStore(t, directory)
  const path = join(directory, 'videos', key)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  const { url } = await store.presignGet({ bucket: 'videos', key }, { expiresInSeconds: 3600 })
  const ask = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url, headers })
  return { app, ask, url, path, directory }
}

t.test('serves the whole object with its headers', async (t) => {
  const { ask } = await serve(t)
  const answer = await ask()
  t.equal(answer.statusCode, 200)
  t.equal(answer.body, CONTENT)
  t.match(answer.headers, {
    'content-type': 'video/mp4',
    'content-length': '10',
    'accept-ranges': 'bytes',
    etag: /^"[0-9a-f-]+"$/,
    'x-content-type-options': 'nosniff',
    'content-disposition': 'inline; filename=a.mp4'
  })
})

t.test('is cached privately, no longer than the URL is valid', async (t) => {
  const { ask } = await serve(t)
  const [, seconds] = /^private, max-age=(\d+)$/.exec(String((await ask()).headers['cache-control'])) ?? []
  t.ok(Number(seconds) > 0 && Number(seconds) <= 3600)
})

t.test('responds to HEAD like to GET, without the body', async (t) => {
  const { ask } = await serve(t)
  const [get, head] = [await ask(), await ask({}, 'HEAD')]
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  for (const name of [
    'content-type',
    'content-length',
    'etag',
    'accept-ranges',
    'content-disposition',
    'x-content-type-options'
  ]) { t.equal(head.headers[name], get.headers[name], name) }
  t.equal((await ask({ range: 'bytes=0-1' }, 'HEAD')).statusCode, 200, 'Range is defined for GET alone')
})

t.test('serves one range', async (t) => {
  const { ask } = await serve(t)
  for (const [range, body, contentRange] of [
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-4', '4', 'bytes 4-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-100', CONTENT, 'bytes 0-9/10']
  ] as const) {
    const answer = await ask({ range })
    t.equal(answer.statusCode, 206)
    t.equal(answer.body, body)
    t.match(answer.headers, { 'content-range': contentRange, 'content-length': String(body.length) })
  }
})

t.test('ignores an unsupported range', async (t) => {
  const { ask } = await serve(t)
  for (const range of ['bytes=0-1,4-5', 'items=0-1', 'bytes=', 'bytes=3-1']) {
    t.match(await ask({ range }), { statusCode: 200, body: CONTENT }, range)
  }
})

t.test('returns 416 with the size for a range after the end', async (t) => {
  const { ask } = await serve(t)
  const answer = await ask({ range: 'bytes=10-' })
  t.equal(answer.statusCode, 416)
  t.equal(answer.headers['content-range'], 'bytes */10')
  t.equal(answer.body, '')
})

t.test('serves an empty object', async (t) => {
  const { ask } = await serve(t, 'empty.mp4', '')
  t.match(await ask(), { statusCode: 200, body: '', headers: { 'content-length': '0' } })
  t.equal((await ask({ range: 'bytes=0-' })).statusCode, 416)
})

t.test('sends 304 if the client has the object', async (t) => {
  const { ask, path } = await serve(t)
  const etag = String((await ask()).headers.etag)
  for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
    const answer = await ask({ 'if-none-match': known })
    t.equal(answer.statusCode, 304)
    t.equal(answer.body, '')
    t.equal(answer.headers.etag, etag)
  }
  t.equal((await ask({ 'if-none-match': '"other"' })).statusCode, 200)
  writeFileSync(path, 'something else')
  t.match(await ask({ 'if-none-match': etag }), { statusCode: 200, body: 'something else' })
})

t.test('resumes a download only of the same version', async (t) => {
  const { ask } = await serve(t)
  const etag = String((await ask()).headers.etag)
  t.equal((await ask({ range: 'bytes=5-', 'if-range': etag })).statusCode, 206)
  for (const other of ['"other"', `W/${etag}`, 'Thu, 01 Jan 2026 00:00:00 GMT']) {
    t.match(await ask({ range: 'bytes=5-', 'if-range': other }), { statusCode: 200, body: CONTENT })
  }
})

t.test('names the file after the key, with any characters', async (t) => {
  const names = [
    'plain.mp4',
    'a b.mp4',
    'quo"te.mp4',
    'back\\slash.mp4',
    'ñ.mp4',
    '日本🎬.mp4',
    'per%20cent.mp4',
    'semi;colon=1.mp4',
    '..mp4'
  ]
  for (const name of names) {
    const { ask } = await serve(t, `dir/${name}`)
    const header = String((await ask()).headers['content-disposition'])
    t.match(header, /^inline; [ -~\u00a0-\u00ff]+$/, 'no character that a header may not have')
    t.match(parseContentDisposition(header), { type: 'inline', parameters: { filename: name } })
  }
})

t.test('keeps a line break in a key out of the headers', async (t) => {
  const { store, app } = await serveLocalStore(t, t.testdir())
  const address = { bucket: 'videos', key: 'a\r\nset-cookie: x=y/b\r\nset-cookie: x=y' }
  await store.put(address, Buffer.from('x'), {
    signal: new AbortController().signal,
    contentType: 'image/jpeg',
    cacheControl: '',
    metadata: {}
  })
  const answer = await app.inject((await store.presignGet(address, { expiresInSeconds: 60 })).url)
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['set-cookie'], undefined)
})

t.test('rejects a modified URL', async (t) => {
  const { app, url } = await serve(t)
  for (const [from, to] of [
    ['a.mp4', 'b.mp4'],
    ['bucket=videos', 'bucket=thumbnails'],
    [/expires=\d+/, 'expires=9999999999'],
    [/signature=./, 'signature=~']
  ] as const) {
    const answer = await app.inject(url.replace(from, to))
    t.equal(answer.statusCode, 400)
    t.match(answer.json(), { code: 'invalid_signature', status: 400 })
    t.equal(answer.headers.etag, undefined)
  }
})

t.test('rejects a query with missing or additional parameters', async (t) => {
  const { app, url } = await serve(t)
  for (const bad of [
    url.replace(/&signature=.*/, ''),
    `${url}&x=1`,
    `${url}&key=b.mp4`,
    url.replace(/expires=\d+/, 'expires=soon'),
    url.replace(/\?.*/, '')
  ]) {
    t.match((await app.inject(bad)).json(), { code: 'invalid_request', status: 400 })
  }
})

t.test('returns not_found for the valid URL of a missing object', async (t) => {
  const { store, app } = await serveLocalStore(t, t.testdir())
  const { url } = await store.presignGet({ bucket: 'videos', key: 'never' }, { expiresInSeconds: 60 })
  t.match((await app.inject(url)).json(), { code: 'not_found', status: 404 })
})

t.test(
  'closes the file when the client disconnects',
  { skip: process.platform !== 'linux' && 'needs /proc' },
  async (t) => {
    const { url, path } = await serve(t, 'big.mp4', Buffer.alloc(64 * 1024 * 1024))
    const isOpen = () =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === path
        } catch {
          return false
        }
      })
    const client = request(url).end()
    const [response] = (await once(client, 'response')) as [IncomingMessage]
    await once(response, 'readable')
    t.ok(isOpen())
    response.destroy()
    while (isOpen()) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    t.notOk(isOpen())
  }
)
