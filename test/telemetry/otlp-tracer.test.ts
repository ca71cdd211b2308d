import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { loadTracer } from '../../src/telemetry/load-tracer.ts'
import { NO_TRACER } from '../../src/telemetry/tracer.ts'
import { startTraceCollector } from '../support/trace-collector.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const request = { method: 'GET', route: '/v1/thumbnails', headers: {} }

t.test('without a collector, nothing is traced and tasks run unchanged', async (t) => {
  const tracer = await loadTracer({ endpoint: undefined, version: '1' })
  t.equal(tracer, NO_TRACER)
  t.equal(await tracer.inSpan('index', async () => 1), 1)
  let isRun = false
  tracer.startRequest(request).run(() => {
    isRun = true
  })
  t.ok(isRun)
})

t.test('a request joins the trace in its headers, and its steps are its children', async (t) => {
  const { endpoint, spans } = await startTraceCollector(t)
  const tracer = await loadTracer({ endpoint, version: '1.2.3' })
  const span = tracer.startRequest({ ...request, headers: { traceparent: `00-${TRACE}-${PARENT}-01` } })
  await new Promise<void>((resolve) => {
    span.run(() => {
      void tracer
        .inSpan('decode', async () => {
          await tracer.inSpan('inner', async () => {})
        })
        .then(resolve)
    })
  })
  span.end({ status: 201, errorCode: undefined })
  await tracer.close()

  const [inner, decode, root] = ['inner', 'decode', 'GET /v1/thumbnails'].map((name) =>
    spans.find((found) => found.name === name)
  )
  t.match(root, { traceId: TRACE, parentSpanId: PARENT, kind: 2 })
  t.match(decode, { traceId: TRACE, parentSpanId: root?.spanId })
  t.match(inner, { traceId: TRACE, parentSpanId: decode?.spanId })
  t.match(root?.attributes, [
    { key: 'http.request.method', value: { stringValue: 'GET' } },
    { key: 'http.route', value: { stringValue: '/v1/thumbnails' } },
    { key: 'http.response.status_code', value: { intValue: 201 } }
  ])
})

t.test('drops traces that the caller does not sample, and ignores a malformed header', async (t) => {
  const { endpoint, spans } = await startTraceCollector(t)
  const tracer = await loadTracer({ endpoint, version: '1' })
  for (const traceparent of [`00-${TRACE}-${PARENT}-00`, 'nonsense', `00-${'0'.repeat(32)}-${PARENT}-01`]) {
    tracer.startRequest({ ...request, headers: { traceparent } }).end({ status: 200, errorCode: undefined })
  }
  await tracer.close()
  t.equal(spans.length, 2)
  t.notOk(spans.some(({ traceId, parentSpanId }) => traceId === TRACE || parentSpanId !== undefined))
})

t.test('records failures by their code alone, and marks no client error as failed', async (t) => {
  const { endpoint, spans, bodies } = await startTraceCollector(t)
  const tracer = await loadTracer({ endpoint, version: '1' })
  const fail = async (status: number, error: Error, errorCode: 'corrupt_video' | 'internal_error') => {
    const span = tracer.startRequest(request)
    await new Promise<void>((resolve) => {
      span.run(() => {
        tracer
          .inSpan(`${status}`, async () => {
            throw error
          })
          .catch(() => {
            resolve()
          })
      })
    })
    span.end({ status, errorCode })
  }
  await fail(422, new PosterframeError('corrupt_video', { detail: 'secret' }), 'corrupt_video')
  await fail(500, new Error('secret'), 'internal_error')
  await tracer.close()

  const readType = ({ attributes }: (typeof spans)[number]) => attributes.find(({ key }) => key === 'error.type')?.value
  const steps = ['422', '500'].map((name) => spans.find((found) => found.name === name)!)
  t.match(steps.map(readType), [{ stringValue: 'corrupt_video' }, { stringValue: 'other' }])
  t.match(
    steps.map(({ status }) => status.code),
    [2, 2]
  )
  const roots = spans.filter(({ kind }) => kind === 2)
  t.match(roots.map(readType), [{ stringValue: 'corrupt_video' }, { stringValue: 'internal_error' }])
  t.match(
    roots.map(({ status }) => status.code ?? 0),
    [0, 2]
  )
  t.notMatch(bodies.join(''), /secret/)
})

t.test('a task outside of a request has no span, and an unreachable collector does no harm', async (t) => {
  const tracer = await loadTracer({ endpoint: 'http://127.0.0.1:1', version: '1' })
  t.equal(await tracer.inSpan('index', async () => 'done'), 'done')
  tracer.startRequest(request).end({ status: 200, errorCode: undefined })
  await tracer.close()
})
