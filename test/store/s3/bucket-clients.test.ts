import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createBucketClients } from '../../../src/store/s3/bucket-clients.ts'
import { createS3Client, createSigningClient } from '../../../src/store/s3/s3-client.ts'
import { createS3Probe } from '../../../src/store/s3/s3-probe.ts'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { createS3UploadStore } from '../../../src/store/s3/s3-upload-store.ts'

const { signal } = new AbortController()
const location = { bucket: 'videos', key: 'a.mp4' }
const putOptions = { signal, contentType: 'image/jpeg', cacheControl: 'private', metadata: {} }

/** Starts a server whose bucket is in `region`, and returns the store and what was requested. */
async function start (t: Test, region: () => string, status: number, options: object = {}) {
  const requests: Array<{ method: string, region: string, headers: IncomingHttpHeaders }> = []
  const server = createServer((request, response) => {
    const { method = '', headers } = request
    const signedFor = /Credential=AKID\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? ''
    requests.push({ method, region: signedFor, headers })
    request.resume().on('end', () => {
      const xml = '<ListBucketResult></ListBucketResult>'
      if (signedFor !== region()) response.writeHead(status, { 'x-amz-bucket-region': region() }).end()
      else if (request.url?.includes('list-type')) response.end(xml)
      else response.writeHead(200, { etag: '"a"', 'content-length': 0 }).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  process.env['AWS_ENDPOINT_URL_S3'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.env['AWS_REGION'] = 'us-east-1'
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'SECRET' }
  const client = createS3Client({ forcePathStyle: true, maxAttempts: 1, credentials })
  t.teardown(() => client.destroy())
  const shared = { client, signingClient: createSigningClient(client, 'https://s3.example'), ...options }
  const all = { ...shared, clients: createBucketClients(shared) }
  return { store: createS3Store(all), uploads: createS3UploadStore(all), probe: createS3Probe(all), requests }
}

t.test('follows a bucket to its region once, remembers it, and signs for it', async (t) => {
  for (const status of [301, 307, 400, 403]) {
    const { store, uploads, requests } = await start(t, () => 'eu-west-1', status)
    await store.head(location, { signal })
    ;(await store.get(location, { signal })).body.destroy()
    await store.put(location, Buffer.from('x'), putOptions)
    for await (const object of store.list('videos', { prefix: '', signal })) t.fail(object.key)
    await store.delete(location, { signal })
    await store.check('videos', { signal })
    t.strictSame(
      requests.map(({ region }) => region),
      ['us-east-1', ...Array.from({ length: 6 }, () => 'eu-west-1')],
      `${status}`
    )
    const signed = [
      (await store.presignGet(location, { expiresInSeconds: 60 })).url,
      (await store.presignHead(location, { expiresInSeconds: 60 })).url,
      (await uploads.presignPart({ ...location, uploadId: 'u' }, { number: 1, bytes: 1, expiresInSeconds: 60 })).url
    ]
    for (const url of signed) t.match(url, /^https:\/\/s3\.example\/.*X-Amz-Credential=AKID%2F\d+%2Feu-west-1%2F/)
    const target = { ...location, contentType: 'video/mp4', metadata: {} }
    const { fields } = await uploads.presignForm(target, { bytes: 1, expiresInSeconds: 60 })
    t.match(fields['X-Amz-Credential'], /\/eu-west-1\//)
    t.match((await store.presignGet({ bucket: 'other', key: 'a' }, { expiresInSeconds: 60 })).url, /us-east-1/)
  }
})

t.test('gives up after one redirection, and follows a bucket that moves', async (t) => {
  let turn = 0
  const circle = await start(t, () => `circle-${++turn}`, 301)
  await t.rejects(circle.store.check('videos', { signal }), { code: 'store_rejected' })
  t.equal(circle.requests.length, 2)
  let home = 'eu-west-1'
  const { store, requests } = await start(t, () => home, 301)
  await store.check('videos', { signal })
  home = 'eu-north-1'
  await store.check('videos', { signal })
  t.strictSame(
    requests.map(({ region }) => region),
    ['us-east-1', 'eu-west-1', 'eu-west-1', 'eu-north-1']
  )
  const strange = await start(t, () => 'evil.example/', 301)
  await t.rejects(strange.store.check('videos', { signal }), { code: 'store_rejected' })
  t.equal(strange.requests.length, 1, 'a region is a plain name')
})

t.test('uses the settings of a bucket: region, Requester Pays and owner', async (t) => {
  const videos = { region: 'eu-west-1', requesterPays: true, expectedOwner: '210987654321' }
  const { store, uploads, probe, requests } = await start(t, () => 'eu-west-1', 301, {
    buckets: { videos },
    expectedBucketOwner: '123456789012'
  })
  await store.head(location, { signal })
  ;(await store.get(location, { signal })).body.destroy()
  await store.put(location, Buffer.from('x'), putOptions)
  await store.delete(location, { signal })
  await store.check('videos', { signal })
  t.match(await probe.ask({ operation: 'head-bucket', bucket: 'videos' }, { signal }), { ok: true })
  t.equal(requests.length, 6, 'nothing was redirected')
  for (const { headers } of requests) {
    t.match(headers, { 'x-amz-request-payer': 'requester', 'x-amz-expected-bucket-owner': '210987654321' })
  }
  t.match((await store.presignGet(location, { expiresInSeconds: 60 })).url, /x-amz-request-payer=requester/)
  const target = { ...location, contentType: 'video/mp4', metadata: {} }
  const { fields } = await uploads.presignForm(target, { bytes: 1, expiresInSeconds: 60 })
  t.equal(fields['x-amz-request-payer'], 'requester')
  requests.length = 0
  await store.head({ bucket: 'other', key: 'a' }, { signal })
  t.equal(requests.at(-1)?.headers['x-amz-request-payer'], undefined)
  t.equal(requests.at(-1)?.headers['x-amz-expected-bucket-owner'], '123456789012')
})
