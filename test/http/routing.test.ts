import t from 'tap'
import { buildContractedApp } from '../support/contracted-app.ts'

t.test('returns not_found for an unknown path with any method', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const) {
    for (const url of [
      '/nothing',
      '/v1',
      '/v1/thumbnails/',
      '/V1/thumbnails',
      '//v1/thumbnails',
      '/v1/thumbnails%2F'
    ]) {
      const answer = await send({ method, url })
      t.match(answer.json(), { status: 404, code: 'not_found' }, `${method} ${url}`)
    }
  }
})

t.test('returns not_found for an unknown path with any body', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({
    method: 'POST',
    url: '/nothing',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    payload: '--x--'
  })
  t.equal(answer.statusCode, 404)
})

t.test('returns method_not_allowed with the allowed methods', async (t) => {
  const { send } = await buildContractedApp(t)
  const cases = [
    ['PUT', '/v1/thumbnails?key=a', 'GET, HEAD, POST'],
    ['DELETE', '/v1/thumbnails', 'GET, HEAD, POST'],
    ['OPTIONS', '/v1/thumbnails', 'GET, HEAD, POST'],
    ['POST', '/healthz', 'GET, HEAD']
  ] as const
  for (const [method, url, allow] of cases) {
    const answer = await send({ method, url })
    t.match(answer.json(), { status: 405, code: 'method_not_allowed' }, url)
    t.equal(answer.headers.allow, allow, url)
  }
})

t.test('rejects a path that is not percent-encoded UTF-8', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const url of ['/%E0%A4%A', '/v1/thumbnails?key=%', '/v1/thumbnails?%zz=1']) {
    t.match((await send({ method: 'GET', url })).json(), { status: 400, code: 'invalid_request' }, url)
  }
})

t.test('responds to HEAD like to GET, without a body', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({ method: 'HEAD', url: '/v1/thumbnails?key=a' })
  t.equal(answer.statusCode, 302)
  t.equal(answer.body, '')
})

t.test('rejects JSON that is nested too deeply, on every route that takes JSON', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const url of ['/v1/thumbnails', '/v1/thumbnails/batch', '/v1/storyboards', '/v1/previews', '/v1/uploads']) {
    for (const payload of [
      '['.repeat(30_000) + ']'.repeat(30_000),
      '{"key":'.repeat(5000) + '1' + '}'.repeat(5000),
      `{"key":"a","items":${'['.repeat(32)}${']'.repeat(32)}}`
    ]) {
      const answer = await send({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload })
      t.match(answer.json(), { status: 400, code: 'invalid_request', detail: /more than 32 levels/ }, url)
    }
  }
})
