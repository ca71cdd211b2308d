// A collector of traces on the loopback interface: takes OTLP over HTTP in JSON and keeps the spans.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface CollectedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  /** 1 internal, 2 server. */
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: ReadonlyArray<{ readonly key: string, readonly value: unknown }>
  readonly status: { readonly code?: number }
}

interface ExportRequest {
  readonly resourceSpans: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly CollectedSpan[] }>
  }>
}

export interface TraceCollector {
  readonly endpoint: string
  readonly spans: CollectedSpan[]
  /** The whole of what was sent. */
  readonly bodies: string[]
}

export async function startTraceCollector (t: { teardown(task: () => unknown): void }): Promise<TraceCollector> {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body)
      if (request.url !== '/v1/traces') {
        response.writeHead(404).end()
        return
      }
      const { resourceSpans } = JSON.parse(body) as ExportRequest
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, bodies }
}
