import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../errors.ts'
import { NO_RECORDER, type Recorder } from '../../telemetry/recorder.ts'
import { NO_TRACER, type RequestSpan, type Tracer } from '../../telemetry/tracer.ts'
import type { App } from '../services.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Of the problem document that was answered. */
    errorCode: ErrorCode | undefined
  }
}

/** As nginx counts requests whose client went away before the answer. */
const CLIENT_GONE = 499

/** Tells the recorder and the tracer of every request that could be routed; of its address only the route's pattern. */
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
      tracer.startRequest({ method: request.method, route: nameRoute(request), headers: request.headers })
    )
    // A request whose client went away has no answer, and no `onResponse`.
    reply.raw.once('close', () => {
      finish(request, reply, reply.raw.writableEnded ? reply.statusCode : CLIENT_GONE)
    })
  })

  // The last hook before the handler: what reads a body in between runs on behalf of the connection, not of the
  // request.
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
      route: nameRoute(request),
      method: request.method,
      status,
      seconds: reply.elapsedTime / 1000,
      errorCode
    })
    span.end({ status, errorCode })
  }
}

function nameRoute (request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none'
}
