import t from 'tap'
import { createPosterframeClient } from '../../src/client/client.ts'

const running = { id: '0'.repeat(32), kind: 'storyboard', createdAt: '2026-11-23T12:00:00Z', state: 'running' }

/** Creates a client of a service that sends these responses in order. */
function createClient (responses: ReadonlyArray<[status: number, body: object]>) {
  const requests: string[] = []
  const client = createPosterframeClient({
    baseUrl: 'http://service.example',
    apiKey: 'k',
    fetch: async ({ url, headers }) => {
      const [status, body] = responses[requests.length] ?? [500, {}]
      requests.push(`${url} ${headers.get('authorization')}`)
      return Response.json(body, { status, headers: { 'retry-after': '0' } })
    }
  })
  return { client, requests }
}

t.test('polls until a job has ended, and returns it even if it failed', async (t) => {
  const failed = { ...running, state: 'failed', problem: { code: 'corrupt_video' } }
  const { client, requests } = createClient([
    [200, running],
    [200, running],
    [200, failed]
  ])
  t.same(await client.waitForJob(running.id), failed)
  t.same(requests, Array(3).fill(`http://service.example/v1/jobs/${running.id} Bearer k`))
})

t.test('throws if the job does not exist', async (t) => {
  const { client } = createClient([[404, { code: 'not_found', title: 'a', detail: 'b', retryable: false }]])
  await t.rejects(client.waitForJob(running.id), { name: 'PosterframeProblem', problem: { code: 'not_found' } })
})

t.test('stops when the signal aborts', async (t) => {
  const controller = new AbortController()
  const client = createPosterframeClient({
    baseUrl: 'http://service.example',
    fetch: async () => {
      queueMicrotask(() => {
        controller.abort(new Error('enough'))
      })
      return Response.json(running, { headers: { 'retry-after': '3600' } })
    }
  })
  await t.rejects(client.waitForJob(running.id, { signal: controller.signal }), { message: 'enough' })
})
