import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { createS3UploadStore } from '../../../src/store/s3/s3-upload-store.ts'
import { createS3Client, createSigningClient } from '../../../src/store/s3/s3-client.ts'

const { signal } = new AbortController()
const address = { bucket: 'videos', key: 'a b.mp4' }
const putOptions = { signal, contentType: 'image/jpeg', cacheControl: 'private', metadata: { a: 'b' } }

Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDTEST',
  AWS_SECRET_ACCESS_KEY: 'SECRETTEST'
})
delete process.env['AWS_SESSION_TOKEN']

/** Creates a store whose server handles every request with `listener`. */
async function openStore (t: Test, listener: RequestListener, idleTimeoutMs = 10_000) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env['AWS_ENDPOINT_URL_S3'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createS3Client({ forcePathStyle: true, maxAttempts: 1, idleTimeoutMs })
  await client.config.credentials()
  await client.config.endpoint?.()
  t.teardown(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { store: createS3Store({ client }), server, client }
}

const respondWith =
  (status: number, code?: string): RequestListener =>
    (request, response) => {
      request.resume()
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(
        code === undefined || request.method === 'HEAD'
          ? undefined
          : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>SECRETTEST</Message></Error>`
      )
    }

const faults = [
  [500, 'InternalError', 'store_unavailable', 'store_unavailable'],
  [503, 'SlowDown', 'store_unavailable', 'store_unavailable'],
  [503, undefined, 'store_unavailable', 'store_unavailable'],
  [301, 'PermanentRedirect', 'store_rejected', 'store_rejected'],
  [400, 'AuthorizationHeaderMalformed', 'store_rejected', 'store_rejected'],
  [400, 'InvalidRequest', 'store_rejected', 'store_rejected'],
  [400, 'ExpiredToken', 'store_unavailable', 'store_unavailable'],
  [403, 'AccessDenied', 'store_forbidden', 'store_forbidden'],
  [403, 'RequestTimeTooSkewed', 'store_unavailable', 'store_unavailable'],
  [403, 'InvalidAccessKeyId', 'store_rejected', 'store_rejected'],
  [403, 'SignatureDoesNotMatch', 'store_rejected', 'store_rejected'],
  [403, 'InvalidObjectState', 'source_archived', 'source_archived'],
  [404, 'NoSuchKey', 'source_not_found', 'store_unavailable'],
  [404, 'NoSuchBucket', 'source_not_found', 'store_unavailable'],
  [412, 'PreconditionFailed', 'source_changed', 'source_changed'],
  [416, 'InvalidRange', 'source_changed', 'source_changed']
] as const

for (const [status, name, getCode, putCode] of faults) {
  t.test(`maps ${status} ${name ?? 'without a body'}`, async (t) => {
    const { store } = await openStore(t, respondWith(status, name))
    await t.rejects(store.get(address, { signal }), { name: 'PosterframeError', code: getCode })
    await t.rejects(store.put(address, Buffer.from('x'), putOptions), { name: 'PosterframeError', code: putCode })
  })
}

t.test('maps a HEAD response, which has no body with an error code', async (t) => {
  for (const [status, code] of [
    [403, 'store_forbidden'],
    [500, 'store_unavailable'],
    [503, 'store_unavailable'],
    [400, 'store_unavailable']
  ] as const) {
    const { store } = await openStore(t, respondWith(status))
    await t.rejects(store.head(address, { signal }), { code })
    await t.rejects(store.check('videos', { signal }), { code })
  }
  const { store } = await openStore(t, respondWith(404))
  t.equal(await store.head(address, { signal }), undefined)
  await t.rejects(store.check('videos', { signal }), { code: 'store_unavailable' })
})

t.test('does not expose the response of the store to the client', async (t) => {
  const { store } = await openStore(t, respondWith(403, 'AccessDenied'))
  const error = (await store.get(address, { signal }).catch((caught: unknown) => caught)) as Error & {
    detail: string
    cause: unknown
  }
  t.notMatch(error.message + error.detail, /SECRETTEST|AKIDTEST|127\.0\.0\.1/)
  t.match(error.detail, /list/)
  t.ok(error.cause instanceof Error)
})

t.test('reports the store as unavailable if the connection is refused', async (t) => {
  const { store, server } = await openStore(t, respondWith(200))
  server.close()
  await t.rejects(store.head(address, { signal }), { code: 'store_unavailable' })
})

t.test('reports the store as unavailable if it resets the connection before it responds', async (t) => {
  const { store } = await openStore(t, (request) => request.socket.destroy())
  await t.rejects(store.get(address, { signal }), { code: 'store_unavailable' })
})

t.test('reports the store as unavailable if it never responds', async (t) => {
  const { store } = await openStore(t, () => {}, 100)
  await t.rejects(store.get(address, { signal }), { code: 'store_unavailable' })
})

t.test('reports the store as unavailable if its response lacks required headers', async (t) => {
  const { store } = await openStore(t, (_request, response) => {
    response.end('no entity tag')
  })
  await t.rejects(store.get(address, { signal }), { code: 'store_unavailable' })
})

const HEADERS = { etag: '"abc"', 'content-length': '1000000' }

t.test('fails the body if the connection is reset halfway', async (t) => {
  const { store } = await openStore(t, (_request, response) => {
    response.writeHead(200, HEADERS).write('the first bytes', () => response.socket?.destroy())
  })
  const { body, bytes } = await store.get(address, { signal })
  t.equal(bytes, 1_000_000)
  await t.rejects(buffer(body), { name: 'PosterframeError', code: 'store_unavailable' })
})

t.test('fails the body if it ends early', async (t) => {
  const { store } = await openStore(t, (_request, response) => {
    response
      .writeHead(206, { etag: '"abc"', 'content-range': 'bytes 0-99/1000', 'content-length': '100' })
      .end('short')
    response.socket?.end()
  })
  const { body } = await store.get(address, { signal, range: { start: 0, end: 100 } })
  await t.rejects(buffer(body), { code: 'store_unavailable' })
})

t.test('fails the body if it stalls', async (t) => {
  const { store } = await openStore(
    t,
    (_request, response) => {
      response.writeHead(200, HEADERS).write('the first bytes')
    },
    100
  )
  const { body } = await store.get(address, { signal })
  await t.rejects(buffer(body), { code: 'store_unavailable' })
})

t.test('closes the connection of a stalled body', async (t) => {
  const closed = Promise.withResolvers<void>()
  const { store } = await openStore(t, (request, response) => {
    request.socket.once('close', () => closed.resolve())
    response.writeHead(200, HEADERS).write('the first bytes')
  })
  const controller = new AbortController()
  const reason = new Error('aborted by the test')
  const { body } = await store.get(address, { signal: controller.signal })
  const reading = (async () => {
    for await (const chunk of body) if (chunk !== undefined) controller.abort(reason)
  })()
  await t.rejects(reading, reason)
  await closed.promise
  t.pass('closed')
})

t.test('rejects with the reason of a signal that is aborted before the store responds', async (t) => {
  const controller = new AbortController()
  const reason = new Error('aborted by the test')
  const { store } = await openStore(t, () => controller.abort(reason))
  await t.rejects(store.put(address, Buffer.from('x'), { ...putOptions, signal: controller.signal }), reason)
})

t.test('rejects a key that leads to another bucket without a request', async (t) => {
  const { store } = await openStore(t, () => t.fail('asked'))
  for (const key of ['../secrets/a.mp4', 'a/../../secrets/a.mp4']) {
    await t.rejects(store.get({ bucket: 'videos', key }, { signal }), { code: 'forbidden_key' })
  }
})

t.test('sends plain bytes without a checksum trailer or chunk signatures', async (t) => {
  const seen: Array<Record<string, unknown>> = []
  const { store } = await openStore(t, (request, response) => {
    seen.push(request.headers)
    request.resume().on('end', () => response.end())
  })
  await store.put(address, Buffer.from('12345'), putOptions)
  t.match(seen[0], {
    'content-length': '5',
    'content-type': 'image/jpeg',
    'cache-control': 'private',
    'x-amz-meta-a': 'b'
  })
  t.notMatch(Object.keys(seen[0]!).join(), /checksum|trailer|encoding/)
})

t.test('sends the configured encryption and expected bucket owner', async (t) => {
  const seen: Array<{ method: string | undefined, headers: Record<string, unknown> }> = []
  const { client } = await openStore(t, (request, response) => {
    seen.push({ method: request.method, headers: request.headers })
    request.resume().on('end', () => response.writeHead(200, { etag: '"abc"', 'content-length': '0' }).end())
  })
  const askAll = async (options: Partial<Parameters<typeof createS3Store>[0]>) => {
    seen.length = 0
    const store = createS3Store({ client, ...options })
    await store.put(address, Buffer.from('12345'), putOptions)
    await store.head(address, { signal })
    ;(await store.get(address, { signal })).body.destroy()
    await store.check('videos', { signal })
    return (await store.presignGet(address, { expiresInSeconds: 60 })).url
  }
  const expectedBucketOwner = '123456789012'
  const url = await askAll({ encryption: { algorithm: 'aws:kms', kmsKeyId: 'alias/pictures' }, expectedBucketOwner })
  t.same(
    seen.map(({ method }) => method),
    ['PUT', 'HEAD', 'GET', 'HEAD']
  )
  for (const { headers } of seen) t.equal(headers['x-amz-expected-bucket-owner'], expectedBucketOwner)
  t.match(seen[0]?.headers, {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'alias/pictures'
  })
  for (const { headers } of seen.slice(1)) t.notMatch(Object.keys(headers).join(), /encryption/)
  t.notMatch(url, /owner|encryption/i, 'the client needs no extra header')

  await askAll({ encryption: { algorithm: 'AES256', kmsKeyId: undefined } })
  t.equal(seen[0]?.headers['x-amz-server-side-encryption'], 'AES256')
  await askAll({})
  for (const { headers } of seen) t.notMatch(Object.keys(headers).join(), /owner|encryption/)
})

t.test('signs with the given credentials and not with those that the SDK would find', async (t) => {
  const client = createS3Client({
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIDGIVEN', secretAccessKey: 'S', sessionToken: 'TOKENGIVEN' }
  })
  t.teardown(() => {
    client.destroy()
  })
  const { url } = await createS3Store({ client }).presignGet(address, { expiresInSeconds: 60 })
  t.match(url, /X-Amz-Credential=AKIDGIVEN.*X-Amz-Security-Token=TOKENGIVEN/)
})

t.test('a signed URL expires no later than the credentials', async (t) => {
  const { client } = await openStore(t, respondWith(200))
  const now = new Date('2026-05-01T12:00:00.750Z')
  const signWith = async (expiration: Date | undefined) => {
    client.config.credentials = async () => ({
      accessKeyId: 'ASIATEST',
      secretAccessKey: 'S',
      sessionToken: 'T',
      ...(expiration === undefined ? {} : { expiration })
    })
    return createS3Store({ client, now: () => now }).presignGet(address, { expiresInSeconds: 3600 })
  }
  const cases = [
    [undefined, '2026-05-01T13:00:00.000Z', '3600'],
    [new Date('2026-05-01T20:00:00Z'), '2026-05-01T13:00:00.000Z', '3600'],
    [new Date('2026-05-01T12:10:00.999Z'), '2026-05-01T12:10:00.000Z', '600']
  ] as const
  for (const [expiration, expected, seconds] of cases) {
    const { url, expiresAt } = await signWith(expiration)
    t.equal(expiresAt.toISOString(), expected)
    t.match(Object.fromEntries(new URL(url).searchParams), {
      'X-Amz-Date': '20260501T120000Z',
      'X-Amz-Expires': seconds,
      'X-Amz-Security-Token': 'T'
    })
    t.notMatch(url, /checksum/i)
  }
  await t.rejects(signWith(new Date('2026-05-01T12:00:00.900Z')), { code: 'store_forbidden' })
})

t.test('a signed URL lives no longer than the credentials probably do if they do not say', async (t) => {
  const { client } = await openStore(t, respondWith(200))
  const target = { ...address, contentType: 'video/mp4', metadata: {} }
  const week = { expiresInSeconds: 604_800 }
  const signWith = async (sessionToken: string | undefined, maxSessionSeconds?: number) => {
    client.config.credentials = async () => ({
      accessKeyId: 'ASIATEST',
      secretAccessKey: 'S',
      ...(sessionToken === undefined ? {} : { sessionToken })
    })
    const options = { client, maxSessionSeconds }
    const uploads = createS3UploadStore(options)
    const signed = [
      await createS3Store(options).presignGet(address, week),
      await uploads.presignForm(target, { ...week, bytes: 1 }),
      await uploads.presignPart({ ...address, uploadId: 'u' }, { ...week, number: 1, bytes: 1 })
    ]
    return signed.map(({ expiresAt, isShortened }) => ({
      isShortened,
      seconds: Math.round((expiresAt.getTime() - Date.now()) / 1000)
    }))
  }
  const cases = [
    [undefined, undefined, 604_800, false],
    ['TOKEN', undefined, 3600, true],
    ['TOKEN', 7200, 7200, true]
  ] as const
  for (const [token, most, seconds, isShortened] of cases) {
    for (const signed of await signWith(token, most)) {
      t.ok(Math.abs(signed.seconds - seconds) <= 2, `${signed.seconds} s`)
      t.equal(signed.isShortened, isShortened)
    }
  }
})

t.test('signs by the clock of the store', async (t) => {
  for (const offsetMs of [7_200_000, -7_200_000, 0]) {
    const { client } = await openStore(t, (request, response) => {
      request.resume()
      const date = new Date(Date.now() + offsetMs).toUTCString()
      response.writeHead(200, { date, etag: '"a"', 'content-length': 0 }).end()
    })
    const signingClient = createSigningClient(client, 'https://s3.example')
    const [store, uploads] = [createS3Store({ client, signingClient }), createS3UploadStore({ client, signingClient })]
    await store.head(address, { signal })
    await uploads.abortParts({ ...address, uploadId: 'u' }, { signal })
    const target = { ...address, contentType: 'video/mp4', metadata: {} }
    const part = { number: 1, bytes: 1, expiresInSeconds: 60 }
    const get = await store.presignGet(address, { expiresInSeconds: 60 })
    t.equal(get.expiresInSeconds, 60, 'counted from now')
    const { url } = await uploads.presignPart({ ...address, uploadId: 'u' }, part)
    const put = await uploads.presignPut(target, { bytes: 1, expiresInSeconds: 60 })
    const { fields } = await uploads.presignForm(target, { bytes: 1, expiresInSeconds: 60 })
    const policy = JSON.parse(Buffer.from(fields['Policy'] ?? '', 'base64').toString()) as { expiration: string }
    const dates = [get.url, url, put.url].map((signed) => new URL(signed).searchParams.get('X-Amz-Date'))
    for (const date of [...dates, fields['X-Amz-Date']]) {
      const time = Date.parse((date ?? '').replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
      t.ok(Math.abs(time - Date.now() - offsetMs) <= 3_000, `${date}`)
    }
    for (const time of [get.expiresAt.getTime(), Date.parse(policy.expiration)]) {
      t.ok(Math.abs(time - Date.now() - offsetMs - 60_000) <= 3_000, new Date(time).toISOString())
    }
    t.equal(get.isShortened, false, 'which is no reason for a warning')
  }
})

t.test('signs without the network, and rejects if there are no credentials', async (t) => {
  const { client } = await openStore(t, respondWith(200))
  client.config.credentials = async () => {
    throw Object.assign(new Error('none found'), { name: 'CredentialsProviderError' })
  }
  await t.rejects(createS3Store({ client }).presignGet(address, { expiresInSeconds: 60 }), { code: 'store_forbidden' })
})
