import t from 'tap'
import { buildContractedApp } from '../support/contracted-app.ts'

t.test('is healthy as long as it answers', async (t) => {
  const { send } = await buildContractedApp(t, { checkReadiness: async () => { throw new Error('down') } })
  const answer = await send({ method: 'GET', url: '/healthz' })
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), { status: 'ok' })
})

t.test('is ready when what it stands on is', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({ method: 'GET', url: '/readyz' })
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), { ready: true, checks: { store: { ok: true } } })
})

t.test('is 503 with the reasons when it is not ready', async (t) => {
  const readiness = { ready: false, checks: { store: { ok: false, detail: 'The bucket is not there.' }, ffmpeg: { ok: true } } }
  const { send } = await buildContractedApp(t, { checkReadiness: async () => readiness })
  const answer = await send({ method: 'GET', url: '/readyz' })
  t.equal(answer.statusCode, 503)
  t.same(answer.json(), readiness)
})

t.test('is a problem when the check itself fails', async (t) => {
  const { send } = await buildContractedApp(t, { checkReadiness: async () => { throw new Error('down') } })
  t.match((await send({ method: 'GET', url: '/readyz' })).json(), { status: 500, code: 'internal_error' })
})
