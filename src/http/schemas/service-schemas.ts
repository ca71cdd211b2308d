import { Type } from 'typebox'
import { describeResponses, refer, type ResponseDescription } from './responses.ts'
import { object, strict } from './shapes.ts'

const tags = ['service']

/** Response body of `GET /healthz`. */
export const HealthSchema = Type.Object({ status: Type.Literal('ok') }, { ...strict, $id: 'Health' })

/** Response body of `GET /readyz`. */
export const ReadinessSchema = Type.Object(
  {
    ready: Type.Boolean(),
    checks: Type.Optional(
      Type.Record(Type.String(), object({ ok: Type.Boolean(), detail: Type.Optional(Type.String()) }))
    )
  },
  { ...strict, $id: 'Readiness' }
)

/** `GET /healthz`. */
export const checkHealthRoute = {
  operationId: 'checkHealth',
  tags,
  summary: 'Check liveness',
  security: [],
  response: {
    200: {
      description: 'The process responds.',
      content: { 'application/json': { schema: refer(HealthSchema) } }
    },
    ...describeResponses(['invalid_request'])
  }
}

const readiness = { 'application/json': { schema: refer(ReadinessSchema) } }
const readinessResponses: Record<string, ResponseDescription> = {
  200: { description: 'The service can process requests.', content: readiness },
  ...describeResponses(['invalid_request', 'rate_limited', 'internal_error', 'overloaded'], {
    503: { description: 'The service cannot process requests.', content: readiness }
  })
}

/** `GET /readyz`. */
export const checkReadinessRoute = {
  operationId: 'checkReadiness',
  tags,
  summary: 'Check readiness',
  description:
    'Checks the store, the decoder and the scratch disk. `checks` is included only for callers with the verb ' +
    '`operate`.',
  response: readinessResponses
}

/** `GET /metrics`. */
export const readMetricsRoute = {
  operationId: 'readMetrics',
  tags,
  summary: 'Read the metrics',
  description: 'Prometheus text format. `docs/operations.md` lists the metrics.',
  response: {
    200: { description: 'The metrics since the start.', content: { 'text/plain': { schema: Type.String() } } },
    ...describeResponses(['invalid_request', 'internal_error', 'overloaded'])
  }
}
