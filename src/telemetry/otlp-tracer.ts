import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { isPosterframeError } from '../errors.ts'
import type { Tracer } from './tracer.ts'

/** The destination of the spans. */
export interface OtlpSettings {
  /** Base URL of an OTLP/HTTP collector; `/v1/traces` is appended. */
  readonly endpoint: string
  readonly version: string
}

/** Time limit of one batch including its retries, and therefore of a close when the collector is unreachable. */
const EXPORT_TIMEOUT_MS = 3_000

/**
 * Creates a tracer that sends its spans to a collector in the background, a few seconds late. Spans that the collector
 * does not accept are dropped. It registers nothing globally: a span finds its parent through the async context of its
 * task. Names and attributes follow OpenTelemetry's conventions for HTTP servers, except for the URL, which contains
 * object keys.
 */
export function createOtlpTracer ({ endpoint, version }: OtlpSettings): Tracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'posterframe', 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS })
      })
    ]
  })
  const tracer = provider.getTracer('posterframe', version)
  const propagator = new W3CTraceContextPropagator()
  const current = new AsyncLocalStorage<Context>()

  return {
    startRequest ({ method, route, headers }) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
      const span = tracer.startSpan(
        `${method} ${route}`,
        {
          kind: SpanKind.SERVER,
          attributes: { 'http.request.method': method, 'http.route': route }
        },
        parent
      )
      const context = trace.setSpan(parent, span)
      return {
        run (task) {
          current.run(context, task)
        },
        end ({ status, errorCode }) {
          span.setAttribute('http.response.status_code', status)
          if (errorCode !== undefined) span.setAttribute('error.type', errorCode)
          // A client error is not a failure of the server.
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        }
      }
    },

    async inSpan (name, task) {
      const parent = current.getStore()
      if (parent === undefined) return await task()
      const span = tracer.startSpan(name, {}, parent)
      try {
        return await current.run(trace.setSpan(parent, span), task)
      } catch (error) {
        markFailed(span, error)
        throw error
      } finally {
        span.end()
      }
    },

    // An unreachable collector is not a reason to fail.
    close: () => provider.shutdown().catch(() => undefined)
  }
}

/** Records an error by its code alone: its message may repeat text from a file. */
function markFailed (span: Span, error: unknown): void {
  span.setAttribute('error.type', isPosterframeError(error) ? error.code : 'other')
  span.setStatus({ code: SpanStatusCode.ERROR })
}
