import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { EVERYONE } from '../../../src/access/scope.ts'
import { PosterframeError } from '../../../src/errors.ts'
import { createUploads } from '../../../src/uploads/create-uploads.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { serveUploads } from '../../support/serve-uploads.ts'

const request = { filename: 'a b.mp4', contentType: 'video/mp4', bytes: 100 }

async function build (t: Parameters<typeof buildContractedApp>[0]) {
  const directory = t.testdir()
  const inside = {
    testdir: () => directory,
    teardown: (task: () => unknown) => {
      t.teardown(task)
    }
  }
  const { store, uploadStore } = await serveUploads(inside, join(directory, 'store'))
  const uploads = createUploads({
    store,
    uploadStore,
    bucket: 'videos',
    prefix: 'uploads/',
    sourcePrefixes: undefined,
    maxBytes: 2 ** 30,
    expiresInSeconds: 3600,
    maxPending: 3,
    method: 'post',
    secret: randomBytes(32)
  })
  const verbs = { writer: ['write'], reader: ['read'], other: ['write'] } as const
  const { send } = await buildContractedApp(inside, {
    uploads,
    authenticate: async ({ apiKey }) => {
      if (apiKey !== 'writer' && apiKey !== 'reader' && apiKey !== 'other') {
        throw new PosterframeError('unauthenticated')
      }
      return {
        ...EVERYONE,
        name: apiKey,
        verbs: verbs[apiKey],
        ...(apiKey === 'other' ? { prefixes: ['tenant-1/'] } : {})
      }
    }
  })
  const call = async (method: 'GET' | 'POST', url: string, payload?: object, apiKey = 'writer') =>
    await send({ method, url, headers: { 'x-api-key': apiKey }, ...(payload === undefined ? {} : { payload }) })
  return { call, send }
}

t.test('responds as documented to callers with write permission', async (t) => {
  const { call, send } = await build(t)
  const form = await call('POST', '/v1/uploads', request)
  t.equal(form.statusCode, 201)
  t.equal(form.headers['cache-control'], 'no-store')
  t.same(Object.keys(form.json<object>()), ['bucket', 'key', 'method', 'url', 'fields', 'maxBytes', 'expiresAt'])
  const put = await call('POST', '/v1/uploads', { ...request, method: 'put' })
  t.equal(put.statusCode, 201)
  t.same(Object.keys(put.json<object>()), ['bucket', 'key', 'method', 'url', 'headers', 'maxBytes', 'expiresAt'])
  t.match((await call('POST', '/v1/uploads', request, 'other')).json(), { key: /^tenant-1\/uploads\// })

  const started = await call('POST', '/v1/uploads', { ...request, parts: true })
  const { token } = started.json<{ token: string }>()
  const path = `/v1/uploads/${token}`
  t.match((await call('POST', `${path}/parts`, { numbers: [1] })).json(), {
    parts: [{ number: 1, bytes: 100, url: /^http/ }]
  })
  t.match((await call('GET', path)).json(), { partCount: 1, maxBytes: 100, parts: [] })
  t.match((await call('POST', `${path}/complete`)).json(), {
    code: 'upload_incomplete',
    status: 409,
    missingParts: [1],
    retryable: false
  })
  for (const [method, url] of [
    ['GET', path],
    ['POST', `${path}/parts`],
    ['POST', `${path}/complete`],
    ['POST', `${path}/abort`],
    ['POST', '/v1/uploads']
  ] as const) {
    const payload = url.endsWith('/parts') ? { numbers: [1] } : url.endsWith('uploads') ? request : undefined
    t.match(
      (await call(method, url, payload, 'reader')).json(),
      { code: 'forbidden_action' },
      `${method} ${url.slice(-10)}: reader`
    )
    t.equal((await send({ method, url, ...(payload === undefined ? {} : { payload }) })).statusCode, 401)
    if (url !== '/v1/uploads') {
      t.match((await call(method, url, payload, 'other')).json(), { code: 'invalid_upload_token', status: 400 })
    }
  }
  t.equal((await call('POST', `${path}/abort`)).statusCode, 204)
  t.match((await call('GET', path)).json(), { code: 'upload_not_found', status: 404 })
  t.equal((await call('POST', `${path}/abort`)).statusCode, 204)
})

t.test('limits the pending uploads of each caller, and says what to do', async (t) => {
  const { call } = await build(t)
  const start = async (apiKey: string) => await call('POST', '/v1/uploads', { ...request, parts: true }, apiKey)
  const started = await Promise.all([1, 2, 3].map(() => start('writer')))
  const full = await start('writer')
  t.equal(full.statusCode, 429)
  t.equal(full.headers['retry-after'], '60')
  t.match(full.json(), { code: 'rate_limited', detail: /the limit is 3\. Complete or abort some of them, or wait/ })
  t.equal((await call('POST', '/v1/uploads', request)).statusCode, 201, 'a form leaves nothing behind')
  t.equal((await start('other')).statusCode, 201)
  await call('POST', `/v1/uploads/${started[0]?.json<{ token: string }>().token}/abort`)
  t.equal((await start('writer')).statusCode, 201)
})

t.test('accepts the types that tables of media types have for videos', async (t) => {
  const { call } = await build(t)
  const start = async (filename: string, contentType: string) =>
    await call('POST', '/v1/uploads', { filename, contentType, bytes: 100 })
  for (const [filename, contentType] of [
    ['a.ts', 'video/MP2T'],
    ['a.TS', 'text/vnd.trolltech.linguist'],
    ['a.3gp', 'audio/3gpp'],
    ['a.ogg', 'audio/ogg'],
    ['a.mp4', 'VIDEO/mp4; codecs="avc1"']
  ] as const) {
    t.equal((await start(filename, contentType)).statusCode, 201, contentType)
  }
  for (const [filename, contentType] of [
    ['a.mp3', 'audio/ogg'],
    ['a', 'audio/mp4'],
    ['a.html', 'text/vnd.trolltech.linguist'],
    ['a.ts', 'text/html']
  ] as const) {
    t.match((await start(filename, contentType)).json(), { status: 400, parameter: 'contentType' }, filename)
  }
})

t.test('rejects an invalid value and names it', async (t) => {
  const { call } = await build(t)
  const wrong: Array<[object, object]> = [
    [{ ...request, bytes: 0 }, { parameter: 'bytes' }],
    [{ ...request, bytes: 1.5 }, { parameter: 'bytes' }],
    [{ ...request, bytes: '100' }, { parameter: 'bytes' }],
    [{ ...request, filename: '' }, { parameter: 'filename' }],
    [{ ...request, filename: 'x'.repeat(256) }, { parameter: 'filename' }],
    [{ ...request, contentType: 'text/html' }, { parameter: 'contentType' }],
    [{ ...request, contentType: 'image/svg+xml' }, { parameter: 'contentType' }],
    [{ ...request, contentType: 'video/mp4\r\nx: y' }, { parameter: 'contentType' }],
    [{ ...request, method: 'patch' }, { parameter: 'method' }],
    [{ ...request, key: 'mine.mp4' }, { parameter: 'key' }],
    [{ filename: 'a', contentType: 'video/mp4' }, { parameter: 'bytes' }],
    [
      { ...request, bytes: 2 ** 30 + 1 },
      { code: 'upload_too_large', status: 413, maxBytes: 2 ** 30 }
    ],
    [
      { ...request, bucket: 'thumbnails' },
      { code: 'forbidden_bucket', status: 403 }
    ]
  ]
  for (const [body, expected] of wrong) {
    t.match(
      (await call('POST', '/v1/uploads', body)).json(),
      { code: 'invalid_request', ...expected },
      JSON.stringify(body).slice(0, 100)
    )
  }
  for (const token of ['x', 'a.b', 'eyJhIjoxfQ.AAAA', '%00', '%F0%9F%8E%AC']) {
    t.match((await call('GET', `/v1/uploads/${token}`)).json(), { code: 'invalid_upload_token' }, token)
  }
  const { token } = (await call('POST', '/v1/uploads', { ...request, parts: true })).json<{ token: string }>()
  for (const numbers of [[], [0], [10_001], ['1'], [2], Array.from({ length: 101 }, () => 1)]) {
    t.match(
      (await call('POST', `/v1/uploads/${token}/parts`, { numbers })).json(),
      { code: 'invalid_request' },
      JSON.stringify(numbers).slice(0, 40)
    )
  }
})
