import t from 'tap'
import { completePreviewOptions } from '../../../src/options/preview-options.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakePreview } from '../../support/fake-services.ts'

const url = '/v1/previews'

t.test('makes a preview and returns 201 with Server-Timing', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const answer = await send({
    method: 'POST',
    url,
    payload: { key: 'a.mp4', kind: 'span', start: 2.5, duration: 5, width: 200 }
  })
  t.equal(answer.statusCode, 201)
  t.same(answer.json(), fakePreview)
  t.equal(answer.headers['server-timing'], 'encode;dur=90.0')
  t.equal(answer.headers['cache-control'], 'no-store')
  t.same(services.previews, [
    {
      source: { kind: 'stored', bucket: 'videos', key: 'a.mp4' },
      options: completePreviewOptions({ kind: 'span', start: 2.5, duration: 5, width: 200 })
    }
  ])
})

t.test('returns 200 if the preview is stored already', async (t) => {
  const { send } = await buildContractedApp(t, {
    makePreview: async () => ({ preview: { ...fakePreview, cached: true }, stepTimes: {} })
  })
  t.equal((await send({ method: 'POST', url, payload: { key: 'a.mp4' } })).statusCode, 200)
})

t.test('rejects unknown options and values out of range', async (t) => {
  const { send, services } = await buildContractedApp(t)
  for (const payload of [
    {},
    { key: '' },
    { key: 'a', duration: 2 },
    { key: 'a', duration: 11 },
    { key: 'a', width: 641 },
    { key: 'a', framesPerSecond: 13 },
    { key: 'a', kind: 'all' },
    { key: 'a', fps: 8 },
    { key: 'a', maxBytes: 1 }
  ]) {
    const answer = await send({ method: 'POST', url, payload })
    t.match(answer.json(), { status: 400, code: 'invalid_request' }, JSON.stringify(payload))
  }
  t.same(services.previews, [])
})
