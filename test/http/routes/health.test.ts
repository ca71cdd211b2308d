import t from 'tap'
import { buildContractedApp } from '../../support/contracted-app.ts'

t.test('is healthy while the process responds', async (t) => {
  const { send } = await buildContractedApp(t, {
    checkReadiness: async () => {
      throw new Error('down')
    }
  })
  const answer = await send({ method: 'GET', url: '/healthz' })
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), { status: 'ok' })
})

t.test('is ready when all checks pass', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({ method: 'GET', url: '/readyz' })
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), { ready: true, checks: { store: { ok: true } } })
})

t.test('returns 503 with the reasons when it is not ready', async (t) => {
  const readiness = {
    ready: false,
    checks: { store: { ok: false, detail: 'The bucket does not exist.' }, ffmpeg: { ok: true } }
  }
  const { send } = await buildContractedApp(t, { checkReadiness: async () => readiness })
  const answer = await send({ method: 'GET', url: '/readyz' })
  t.equal(answer.statusCode, 503)
  t.same(answer.json(), readiness)
})

t.test('sends a problem document when the check itself fails', async (t) => {
  const { send } = await buildContractedApp(t, {
    checkReadiness: async () => {
      throw new Error('down')
    }
  })
  t.match((await send({ method: 'GET', url: '/readyz' })).json(), { status: 500, code: 'internal_error' })
})

t.test('serves only health, readiness and metrics in a worker', async (t) => {
  const { send } = await buildContractedApp(t, {}, { isWorker: true })
  for (const url of ['/healthz', '/readyz']) t.equal((await send({ method: 'GET', url })).statusCode, 200, url)
  for (const url of ['/v1/thumbnails?key=a.mp4', '/', '/docs', '/openapi.yaml', '/v1/videos?key=a.mp4']) {
    t.match((await send({ method: 'GET', url })).json(), { status: 404, code: 'not_found' }, url)
  }
})
