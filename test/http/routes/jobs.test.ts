import t from 'tap'
import { EVERYONE } from '../../../src/access/scope.ts'
import { PosterframeError } from '../../../src/errors.ts'
import { buildContractedApp, type ContractedApp } from '../../support/contracted-app.ts'
import { createFakeJobs, fakePreview, fakeStoryboard, fakeThumbnail } from '../../support/fake-services.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const prefer = 'respond-async'
const url = '/v1/storyboards'

/** Waits until a job has ended and returns it. */
async function follow (send: ContractedApp['send'], location: unknown, headers: Record<string, string> = {}) {
  for (;;) {
    const answer = await send({ method: 'GET', url: String(location), headers })
    if (answer.statusCode !== 200 || answer.json<{ state: string }>().state !== 'running') return answer
  }
}

t.test(
  'responds to respond-async with the URL of a job, whose result is the synchronous response',
  async (t) => {
    const { send, services } = await buildContractedApp(t)
    const works = [
      ['/v1/storyboards', 'storyboard', { key: 'a', regenerate: true }, fakeStoryboard],
      ['/v1/previews', 'preview', { key: 'a', regenerate: true }, fakePreview],
      [
        '/v1/thumbnails/batch',
        'batch',
        { key: 'a', items: [{ width: 640, regenerate: true }, { width: 1 }] },
        {
          thumbnails: [fakeThumbnail, { error: { code: 'invalid_request', parameter: 'width' } }],
          work: { requests: 2 }
        }
      ]
    ] as const
    for (const [path, kind, payload, result] of works) {
      const accepted = await send({ method: 'POST', url: path, payload, headers: { prefer } })
      t.equal(accepted.statusCode, 202)
      t.match(accepted.headers, {
        'preference-applied': 'respond-async',
        'retry-after': '2',
        'cache-control': 'no-store'
      })
      const { id, ...job } = accepted.json<{ id: string }>()
      t.match(job, { kind, state: 'running' })
      t.equal(accepted.headers['location'], `/v1/jobs/${id}`)
      const found = await follow(send, accepted.headers['location'])
      t.match(found.json(), { id, kind, state: 'succeeded', result })
      t.equal(found.headers['cache-control'], 'no-store')
      t.notOk(found.headers['retry-after'])
    }
    t.same(
      services.boards.map(({ options }) => options.regenerate),
      [true, false],
      'what has been made is not made again to be answered'
    )
    t.same(
      services.batches.map(({ items }) => 'regenerate' in items[0]! && items[0].regenerate),
      [true, false]
    )
  }
)

t.test('sends Retry-After for a running job, in every process', async (t) => {
  const held = Promise.withResolvers<never>()
  const store = new MemoryStore()
  const makeStoryboard = async () => await held.promise
  const { send } = await buildContractedApp(t, { makeStoryboard, jobs: createFakeJobs(store) })
  const other = await buildContractedApp(t, { makeStoryboard, jobs: createFakeJobs(store) })
  const [one, two] = await Promise.all(
    ['a', 'a'].map((key) => send({ method: 'POST', url, payload: { key }, headers: { prefer } }))
  )
  t.same(one?.json(), two?.json(), 'the same request, the same job')
  const found = await other.send({ method: 'GET', url: String(one?.headers['location']) })
  t.match(found.json(), { state: 'running' })
  t.equal(found.headers['retry-after'], '2')
  held.reject(new PosterframeError('corrupt_video', { detail: 'Not whole.' }))
  t.match((await follow(other.send, one?.headers['location'])).json(), {
    state: 'failed',
    problem: { code: 'corrupt_video', status: 422, detail: 'Not whole.', retryable: false }
  })
})

t.test('rejects an invalid request immediately', async (t) => {
  const { send, services } = await buildContractedApp(t)
  t.match((await send({ method: 'POST', url, payload: { key: 'a', interval: 'often' }, headers: { prefer } })).json(), {
    code: 'invalid_request',
    parameter: 'interval'
  })
  t.match((await send({ method: 'POST', url, payload: { key: '../a' }, headers: { prefer } })).json(), {
    code: 'forbidden_key'
  })
  t.same(services.boards, [])
})

t.test('returns not_found for an unknown job', async (t) => {
  const { send } = await buildContractedApp(t)
  t.match((await send({ method: 'GET', url: `/v1/jobs/${'0'.repeat(32)}` })).json(), { code: 'not_found' })
  t.match((await send({ method: 'GET', url: '/v1/jobs/..%2f..%2fsecret' })).json(), {
    code: 'invalid_request',
    parameter: 'id'
  })
})

t.test('returns a job only to its caller, and only within the current scope', async (t) => {
  const scopes: Record<string, object> = { writer: {}, other: {}, reader: { verbs: ['read'] } }
  const { send } = await buildContractedApp(t, {
    authenticate: async ({ apiKey = '' }) => {
      if (scopes[apiKey] === undefined) throw new PosterframeError('unauthenticated')
      return { ...EVERYONE, name: apiKey, ...scopes[apiKey] }
    }
  })
  const accepted = await send({
    method: 'POST',
    url,
    payload: { key: 'a/b.mp4' },
    headers: { prefer, 'x-api-key': 'writer' }
  })
  const find = async (key: string) => await follow(send, accepted.headers['location'], { 'x-api-key': key })
  t.match((await find('writer')).json(), { state: 'succeeded' })
  t.match((await find('other')).json(), { code: 'not_found' })
  t.match((await find('reader')).json(), { code: 'forbidden_action' })
  t.match((await find('nobody')).json(), { code: 'unauthenticated' })
  scopes['writer'] = { prefixes: ['c/'] }
  t.match((await find('writer')).json(), { code: 'forbidden_key' })
})

t.test('rejects jobs beyond the limit', async (t) => {
  const held = Promise.withResolvers<never>()
  t.teardown(() => {
    held.reject(new Error('over'))
  })
  const { send } = await buildContractedApp(t, {
    makeStoryboard: async () => await held.promise,
    jobs: createFakeJobs(new MemoryStore(), { maxJobs: 1 })
  })
  t.equal((await send({ method: 'POST', url, payload: { key: 'a' }, headers: { prefer } })).statusCode, 202)
  const refused = await send({ method: 'POST', url, payload: { key: 'b' }, headers: { prefer } })
  t.match(refused.json(), { code: 'overloaded', status: 503, retryable: true })
  t.ok(Number(refused.headers['retry-after']) > 0)
})

t.test('responds synchronously on Lambda and with other preferences', async (t) => {
  const lambda = await buildContractedApp(t, {}, { onLambda: true })
  const { send } = await buildContractedApp(t)
  for (const answer of [
    await lambda.send({ method: 'POST', url, payload: { key: 'a' }, headers: { prefer } }),
    await send({ method: 'POST', url, payload: { key: 'a' }, headers: { prefer: 'wait=100' } })
  ]) {
    t.equal(answer.statusCode, 201)
    t.same(answer.json(), fakeStoryboard)
    t.notOk(answer.headers['preference-applied'])
  }
})

t.test('logs the cause of a failed job and does not send it', async (t) => {
  const lines: string[] = []
  const { send } = await buildContractedApp(
    t,
    {
      makeStoryboard: async () => {
        throw new Error('the private cause')
      }
    },
    {
      logLevel: 'info',
      logStream: {
        write: (line) => {
          lines.push(line)
        }
      }
    }
  )
  const accepted = await send({ method: 'POST', url, payload: { key: 'a' }, headers: { prefer } })
  const failed = await follow(send, accepted.headers['location'])
  t.match(failed.json(), { state: 'failed', problem: { code: 'internal_error' } })
  t.notMatch(failed.body, 'private cause')
  t.match(lines.join(''), 'the private cause')
})
