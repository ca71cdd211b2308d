import t from 'tap'
import { createPrometheus } from '../../../src/telemetry/prometheus.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'

t.test('returns the metrics in the Prometheus format, uncached', async (t) => {
  const { send } = await buildContractedApp(t, { metrics: createPrometheus() })
  await send({ method: 'GET', url: '/healthz' })
  const { statusCode, headers, body } = await send({ method: 'GET', url: '/metrics' })
  t.equal(statusCode, 200)
  t.match(headers, { 'content-type': /^text\/plain; version=0\.0\.4/, 'cache-control': 'no-store' })
  t.match(body, /^posterframe_http_request_duration_seconds_count\{route="\/healthz",method="GET",status="200"\} 1$/m)
})

t.test('has no route without a recorder', async (t) => {
  const { send } = await buildContractedApp(t)
  t.equal((await send({ method: 'GET', url: '/metrics' })).statusCode, 404)
})
