import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createS3Client } from '../../../src/store/s3/s3-client.ts'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { createS3UploadStore } from '../../../src/store/s3/s3-upload-store.ts'
import { openObjectSource } from '../../../src/video/source/object-byte-source.ts'
import { startStrictS3, strictS3Missing } from '../../support/strict-s3.ts'

const { signal } = new AbortController()
const location = { bucket: 'videos', key: 'a.mp4' }
const content = Buffer.from(Array.from({ length: 256 }, (_, index) => index))

function connect (t: Test, endpoint: string) {
  Object.assign(process.env, { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'us-east-1' })
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'SECRET' }
  const client = createS3Client({ forcePathStyle: true, maxAttempts: 1, credentials })
  t.teardown(() => client.destroy())
  return { store: createS3Store({ client }), uploadStore: createS3UploadStore({ client }) }
}

async function serve (t: Test, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return connect(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

t.test('reads from stores that lack a part of S3', { skip: strictS3Missing }, async (t) => {
  // Larger than the first request, so that a second one is pinned to the version of the first.
  const path = join(t.testdir(), 'video')
  const video = Buffer.alloc(600_000, content)
  await writeFile(path, video)
  const { store } = connect(t, await startStrictS3(t, path))
  for (const bucket of ['plain', 'weak', 'multi', 'unquoted', 'noifmatch', 'norange', 'startotal', 'nolength']) {
    const object = { bucket, key: 'a/sample.mp4' }
    const source = await openObjectSource(store, object, { signal, retryDelayMs: 0 })
    t.equal(source.size, video.length, bucket)
    t.ok((await source.read(0, 100)).equals(video.subarray(0, 100)), `${bucket}: the beginning`)
    t.ok((await source.read(300_001, 599_000)).equals(video.subarray(300_001, 599_000)), `${bucket}: a later range`)
    const whole = await store.get(object, { signal, ifMatch: source.etag })
    t.equal(whole.bytes, video.length)
    t.ok((await buffer(whole.body)).equals(await readFile(path)), `${bucket}: the whole object`)
    t.equal(whole.etag, (await store.head(object, { signal }))?.etag, `${bucket}: HEAD and GET agree`)
  }
  const withoutEtag = { bucket: 'noetag', key: 'a/sample.mp4' }
  await t.rejects(store.get(withoutEtag, { signal }), { code: 'store_unavailable', detail: /has no ETag/ })
})

t.test('uploads by PUT to a store without POST forms', { skip: strictS3Missing }, async (t) => {
  const path = join(t.testdir(), 'video')
  await writeFile(path, content)
  const { store, uploadStore } = connect(t, await startStrictS3(t, path))
  const target = { bucket: 'plain', key: 'uploads/a.mp4', contentType: 'video/mp4', metadata: { filename: 'a' } }
  const options = { bytes: content.length, expiresInSeconds: 60 }
  const form = await uploadStore.presignForm(target, options)
  const body = new FormData()
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value)
  body.append('file', new Blob([content]))
  t.equal((await fetch(form.url, { method: 'POST', body })).status, 501)
  const { url, headers } = await uploadStore.presignPut(target, options)
  t.equal((await fetch(url, { method: 'PUT', headers, body: new Blob([content]) })).status, 200)
  t.match(await store.head(target, { signal }), { bytes: content.length, contentType: 'video/mp4' })
})

t.test('notices another version without If-Match', async (t) => {
  let etag = 'W/"one"'
  const { store } = await serve(t, (request, response) => {
    if (request.headers['if-match'] !== undefined) response.writeHead(501).end()
    else response.writeHead(200, { etag, 'content-length': 256 }).end(content)
  })
  const { body, ...head } = await store.get(location, { signal })
  t.ok((await buffer(body)).equals(content))
  t.equal(head.etag, 'W/"one"')
  etag = '"one"'
  const same = await store.get(location, { signal, ifMatch: head.etag })
  t.equal(same.etag, head.etag, 'the same version keeps its name')
  same.body.destroy()
  etag = 'W/"two"'
  await t.rejects(store.get(location, { signal, ifMatch: head.etag }), { code: 'source_changed' })
  await t.rejects(store.get(location, { signal, ifMatch: 'one' }), { code: 'source_changed' })
})

t.test('rejects responses whose bytes are not certainly the requested ones', async (t) => {
  let headers: Record<string, string> = {}
  const { store } = await serve(t, (_request, response) => {
    response.writeHead(206, { etag: '"a"', ...headers }).end(content.subarray(0, 16))
  })
  const range = { start: 16, end: 32 }
  for (const header of [
    'banana',
    '',
    'bytes 16-31',
    'bytes 0-15/256',
    'bytes 16-32/256',
    'bytes 16-15/256',
    'bytes 16-31/20',
    'bytes 16-31/NaN',
    'bytes -16-31/256',
    'bytes 16-31/99999999999999999999',
    'bytes */256'
  ]) {
    headers = { 'content-range': header }
    await t.rejects(store.get(location, { signal, range }), { code: 'store_unavailable', detail: /Content-Range/ }, header)
  }
  headers = {}
  await t.rejects(store.get(location, { signal, range }), { code: 'store_unavailable', detail: /no Content-Range/ })
  headers = { 'content-range': 'bytes 16-31/256' }
  t.equal((await buffer((await store.get(location, { signal, range })).body)).length, 16)
})

t.test('does not read a long way into an object without ranges', async (t) => {
  const closed = Promise.withResolvers<void>()
  const { store } = await serve(t, (request, response) => {
    request.socket.once('close', () => closed.resolve())
    response.writeHead(200, { etag: '"a"', 'content-length': String(2 ** 30) }).write(content)
  })
  await t.rejects(store.get(location, { signal, range: { start: 2 ** 29, end: 2 ** 29 + 16 } }), {
    code: 'store_unavailable',
    detail: /ignores Range/
  })
  await closed.promise
  t.pass('the connection is closed')
})

t.test('closes the connection once the range has arrived, also if the body is not read', async (t) => {
  const closed: Array<Promise<unknown>> = []
  const { store } = await serve(t, (request, response) => {
    closed.push(once(request.socket, 'close'))
    response.writeHead(200, { etag: '"a"', 'content-length': String(2 ** 30) }).write(content)
  })
  const { body } = await store.get(location, { signal, range: { start: 4, end: 20 } })
  t.ok((await buffer(body)).equals(content.subarray(4, 20)))
  ;(await store.get(location, { signal, range: { start: 4, end: 20 } })).body.destroy()
  await Promise.all(closed)
  t.equal(closed.length, 2)
})

t.test('asks for the size of the version that it reads', async (t) => {
  const methods: string[] = []
  let headEtag = '"a"'
  const { store } = await serve(t, ({ method = '' }, response) => {
    methods.push(method)
    if (method === 'HEAD') response.writeHead(200, { etag: headEtag, 'content-length': 256 }).end()
    else response.writeHead(206, { etag: '"a"', 'content-range': 'bytes 0-15/*' }).end(content.subarray(0, 16))
  })
  const range = { start: 0, end: 16 }
  headEtag = '"b"'
  await t.rejects(store.get(location, { signal, range }), { code: 'source_changed' })
  headEtag = '"a"'
  for (let reads = 0; reads < 2; reads++) {
    const { body, bytes } = await store.get(location, { signal, range })
    t.equal(bytes, 256)
    t.equal((await buffer(body)).length, 16)
  }
  t.strictSame(methods, ['GET', 'HEAD', 'GET', 'HEAD', 'GET'], 'once per version')
})

t.test('refuses numbers that are none in listings', async (t) => {
  let xml = ''
  const { store, uploadStore } = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' }).end(xml)
  })
  const list = async () => {
    for await (const object of store.list('videos', { prefix: '', signal })) t.fail(JSON.stringify(object))
  }
  for (const size of ['banana', '-1', '1.5', '1e400']) {
    xml = `<ListBucketResult><Contents><Key>a</Key><Size>${size}</Size></Contents></ListBucketResult>`
    await t.rejects(list(), { code: 'store_unavailable', detail: /size of a listed object/ }, size)
    xml = `<ListPartsResult><Part><PartNumber>1</PartNumber><Size>${size}</Size><ETag>a</ETag></Part></ListPartsResult>`
    await t.rejects(uploadStore.listParts({ ...location, uploadId: 'u' }, { signal }), {
      code: 'store_unavailable',
      detail: /size or ETag of a part/
    })
  }
  const encoded = '<EncodingType>url</EncodingType><Contents><Key>%</Key><Size>1</Size></Contents>'
  xml = `<ListBucketResult>${encoded}</ListBucketResult>`
  await t.rejects(list(), { code: 'store_unavailable', detail: /encodes the keys/ })
})
