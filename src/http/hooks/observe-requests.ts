import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../errors.ts'
import { NO_RECORDER, type Recorder } from '../../telemetry/recorder.ts'
import { NO_TRACER, type RequestSpan, type Tracer } from '../../telemetry/tracer.ts'
import type { App } from '../services.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Code of the problem document that was sent. */
    errorCode: ErrorCode | undefined
  }
}

/** Status nginx logs for a request whose client disconnected before the response. */
const CLIENT_CLOSED_REQUEST = 499

/** Registers the hooks that record every request in metrics and traces, by route pattern and never by URL. */
export function observeRequests (
  app: App,
  {
    recorder = NO_RECORDER,
    tracer = NO_TRACER
  }: { readonly recorder?: Recorder | undefined, readonly tracer?: Tracer | undefined }
): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>()
  app.decorateReply('errorCode', undefined)

  app.addHook('onRequest', async (request, reply) => {
    spans.set(
      request,
      tracer.startRequest({ method: request.method, route: getRoutePattern(request), headers: request.headers })
    )
    // `onResponse` does not run if the client disconnects.
    reply.raw.once('close', () => {
      finish(request, reply, reply.raw.writableEnded ? reply.statusCode : CLIENT_CLOSED_REQUEST)
    })
  })

  // The last hook before the handler: code that reads the body before it runs in the context of the connection, not of
  // the request.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request)
    if (span === undefined) done()
    else span.run(done)
  })

  app.addHook('onResponse', async (request, reply) => {
    finish(request, reply, reply.statusCode)
  })

  function finish (request: FastifyRequest, reply: FastifyReply, status: number): void {
    const span = spans.get(request)
    if (span === undefined) return
    spans.delete(request)
    const { errorCode } = reply
    recorder.countRequest({
      route: getRoutePattern(request),
      method: request.method,
      status,
      seconds: reply.elapsedTime / 1000,
      errorCode
    })
    span.end({ status, errorCode })
  }
}

function getRoutePattern (request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none'
}
