import { once } from 'node:events'
import { request as openRequest } from 'node:http'
import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { createPrometheus, type Prometheus } from '../../../src/telemetry/prometheus.ts'
import type { CompletedRequest } from '../../../src/telemetry/recorder.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'

function record () {
  const requests: CompletedRequest[] = []
  return {
    requests,
    metrics: {
      ...createPrometheus(),
      countRequest (request) {
        requests.push(request)
      }
    } satisfies Prometheus
  }
}

t.test('counts every request by its route, never by its URL', async (t) => {
  const { requests, metrics } = record()
  const { send } = await buildContractedApp(t, {
    metrics,
    makeThumbnail: async () => {
      throw new PosterframeError('corrupt_video')
    }
  })
  await send({ method: 'GET', url: '/healthz' })
  await send({ method: 'GET', url: '/v1/thumbnails?key=secret/a.mp4' })
  await send({ method: 'GET', url: '/v1/thumbnails?key=secret/a.mp4&nonsense=1' })
  await send({ method: 'GET', url: '/nothing/secret' })
  await send({ method: 'DELETE', url: '/v1/thumbnails' })
  t.same(
    requests.map(({ seconds, ...rest }) => rest),
    [
      { route: '/healthz', method: 'GET', status: 200, errorCode: undefined },
      { route: '/v1/thumbnails', method: 'GET', status: 422, errorCode: 'corrupt_video' },
      { route: '/v1/thumbnails', method: 'GET', status: 400, errorCode: 'invalid_request' },
      { route: 'none', method: 'GET', status: 404, errorCode: 'not_found' },
      { route: 'none', method: 'DELETE', status: 405, errorCode: 'method_not_allowed' }
    ]
  )
  t.ok(requests.every(({ seconds }) => seconds >= 0 && seconds < 300))
})

t.test('counts a request whose client disconnected as 499', async (t) => {
  const { requests, metrics } = record()
  const counted = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { listen } = await buildContractedApp(t, {
    metrics: {
      ...metrics,
      countRequest (request) {
        metrics.countRequest(request)
        counted.resolve()
      }
    },
    makeThumbnail: async (_request, { signal }) => {
      begun.resolve()
      await once(signal, 'abort')
      throw signal.reason as Error
    }
  })
  const client = openRequest(`${await listen()}/v1/thumbnails?key=a.mp4`)
    .on('error', () => {})
    .end()
  await begun.promise
  client.destroy()
  await counted.promise
  t.match(requests, [{ route: '/v1/thumbnails', status: 499 }])
})

t.test('runs each request in its own span, from the body to the end of the handler', async (t) => {
  const told: string[] = []
  const { AsyncLocalStorage } = await import('node:async_hooks')
  const current = new AsyncLocalStorage<string>()
  const { send } = await buildContractedApp(t, {
    tracer: {
      startRequest: ({ method, route, headers }) => ({
        run (task) {
          current.run(String(headers['traceparent']), task)
        },
        end ({ status }) {
          told.push(`${method} ${route} ${status}`)
        }
      }),
      inSpan: (_name, task) => task(),
      close: async () => {}
    },
    makeThumbnail: async () => {
      told.push(`in ${current.getStore()}`)
      return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
    }
  })
  await send({ method: 'POST', url: '/v1/thumbnails', payload: { key: 'a.mp4' }, headers: { traceparent: 'one' } })
  await send({ method: 'GET', url: '/v1/thumbnails?key=a.mp4', headers: { traceparent: 'two' } })
  t.same(told, ['in one', 'POST /v1/thumbnails 201', 'in two', 'GET /v1/thumbnails 302'])
})
