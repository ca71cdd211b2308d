import t from 'tap'
import { buildContractedApp } from '../support/contracted-app.ts'

t.test('an address that is not there is not_found, with whatever method and body', async (t) => {
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

t.test('a body of any type to an address that is not there changes nothing', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({
    method: 'POST',
    url: '/nothing',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    payload: '--x--'
  })
  t.equal(answer.statusCode, 404)
})

t.test('a method that an address does not take is method_not_allowed, with those that it takes', async (t) => {
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

t.test('a path that is not encoded as it should be is invalid_request', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const url of ['/%E0%A4%A', '/v1/thumbnails?key=%', '/v1/thumbnails?%zz=1']) {
    t.match((await send({ method: 'GET', url })).json(), { status: 400, code: 'invalid_request' }, url)
  }
})

t.test('HEAD answers as GET does, without a body', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({ method: 'HEAD', url: '/v1/thumbnails?key=a' })
  t.equal(answer.statusCode, 302)
  t.equal(answer.body, '')
})
