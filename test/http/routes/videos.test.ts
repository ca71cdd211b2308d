import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeVideo } from '../../support/fake-services.ts'

const url = '/v1/videos?key=videos/a.mp4'

t.test('returns the metadata of a video, for private caches only', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({ method: 'GET', url })
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), fakeVideo)
  t.match(answer.headers, {
    'cache-control': 'private, no-cache',
    etag: 'W/"video-1-abc"',
    'server-timing': 'index;dur=3.0'
  })
})

t.test('sends 304 to a client that has the current metadata', async (t) => {
  const { send } = await buildContractedApp(t)
  const known = await send({ method: 'GET', url, headers: { 'if-none-match': 'W/"video-1-abc"' } })
  t.same([known.statusCode, known.body, known.headers['etag']], [304, '', 'W/"video-1-abc"'])
  t.equal((await send({ method: 'GET', url, headers: { 'if-none-match': 'W/"video-1-abd"' } })).statusCode, 200)
})

t.test('passes on the source and the error of the use case', async (t) => {
  const seen: unknown[] = []
  const { send } = await buildContractedApp(t, {
    describeSource: async (source) => {
      seen.push(source)
      throw new PosterframeError('no_video_track')
    }
  })
  const answer = await send({ method: 'GET', url: `${url}&bucket=other` })
  t.match(answer.json(), { status: 422, code: 'no_video_track' })
  t.same(seen, [{ kind: 'stored', bucket: 'other', key: 'videos/a.mp4' }])
})

t.test('rejects unknown parameters', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const [query, code] of [
    ['', 'invalid_request'],
    ['?key=a&timestamp=1', 'invalid_request'],
    ['?key=a/../b', 'forbidden_key']
  ] as const) {
    t.equal((await send({ method: 'GET', url: `/v1/videos${query}` })).json<{ code: string }>().code, code, query)
  }
})
