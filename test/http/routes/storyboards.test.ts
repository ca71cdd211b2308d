import t from 'tap'
import { completeStoryboardOptions } from '../../../src/options/storyboard-options.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeStoryboard } from '../../support/fake-services.ts'

const url = '/v1/storyboards'

t.test('makes a storyboard, by default of about 100 key frames', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const answer = await send({ method: 'POST', url, payload: { key: 'a.mp4' } })
  t.equal(answer.statusCode, 201)
  t.same(answer.json(), fakeStoryboard)
  t.same(services.boards, [
    { source: { kind: 'stored', bucket: 'videos', key: 'a.mp4' }, options: completeStoryboardOptions({}) }
  ])
  t.match(services.boards[0]?.options, {
    intervalMicros: undefined,
    columns: 10,
    width: 160,
    format: 'jpeg',
    mode: 'keyframe',
    expires: 3600
  })
})

t.test('returns 200 if the storyboard is stored, and passes on every option', async (t) => {
  const { send, services } = await buildContractedApp(t, {
    makeStoryboard: async (request) => {
      services.boards.push(request)
      return { storyboard: { ...fakeStoryboard, cached: true, duration: null }, stepTimes: {} }
    }
  })
  const options = {
    interval: '5s',
    columns: 4,
    width: 320,
    format: 'avif',
    quality: 50,
    mode: 'exact',
    expires: 60,
    regenerate: true
  } as const
  const answer = await send({ method: 'POST', url, payload: { key: 'a', ...options } })
  t.equal(answer.statusCode, 200)
  t.same(services.boards[0]?.options, {
    intervalMicros: 5_000_000,
    columns: 4,
    width: 320,
    format: 'avif',
    quality: 50,
    mode: 'exact',
    expires: 60,
    regenerate: true
  })
})

t.test('rejects an unknown option', async (t) => {
  const { send } = await buildContractedApp(t)
  const wrong = [
    { interval: 'often' },
    { interval: '50ms' },
    { interval: '-5s' },
    { interval: '50%' },
    { columns: 0 },
    { columns: 21 },
    { width: 641 },
    { format: 'png' },
    { mode: 'fast' },
    { expires: 5 },
    { heigth: 1 }
  ]
  for (const options of wrong) {
    const answer = await send({ method: 'POST', url, payload: { key: 'a', ...options } })
    t.match(
      answer.json(),
      { status: 400, code: 'invalid_request', parameter: Object.keys(options)[0] },
      JSON.stringify(options)
    )
  }
})
