import type { FastifyReply, FastifyRequest } from 'fastify'
import type { UploadContext } from '../../uploads/upload.ts'
import { nameCaller, readIdentity } from '../hooks/access.ts'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import {
  abortUploadRoute,
  completeUploadRoute,
  listPartsRoute,
  signPartsRoute,
  startUploadRoute
} from '../schemas/upload-route-schemas.ts'
import {
  CompletedUploadSchema,
  FormUploadSchema,
  PartsUploadSchema,
  PutUploadSchema,
  SignedPartsSchema,
  UploadProgressSchema
} from '../schemas/upload-schemas.ts'
import type { App, AppServices, AppSettings } from '../services.ts'

/** Registers `/v1/uploads`, which signs uploads to the store and tracks their parts. The bytes bypass the service. */
export function registerUploads (
  app: App,
  { uploads }: Pick<AppServices, 'uploads'>,
  { timeoutMs }: Pick<AppSettings, 'timeoutMs'>
): void {
  for (const schema of [
    FormUploadSchema,
    PartsUploadSchema,
    PutUploadSchema,
    UploadProgressSchema,
    SignedPartsSchema,
    CompletedUploadSchema
  ]) {
    app.addSchema(schema)
  }

  const run = <T>(
    request: FastifyRequest,
    reply: FastifyReply,
    task: (context: UploadContext) => Promise<T>
  ): Promise<T> => {
    const identity = readIdentity(request)
    // The response grants write access, so no cache may store it.
    void reply.header('cache-control', 'no-store')
    return runWithDeadline(request, timeoutMs, watchClient(reply), (signal) =>
      task({ identity, caller: nameCaller(request), signal })
    )
  }

  app.post('/v1/uploads', { schema: startUploadRoute }, async (request, reply) => {
    const upload = await run(request, reply, (context) => uploads.start(request.body, context))
    return reply.code(201).send(upload)
  })
  app.get('/v1/uploads/:token', { schema: listPartsRoute }, async (request, reply) => {
    return await run(request, reply, (context) => uploads.listParts(request.params.token, context))
  })
  app.post('/v1/uploads/:token/parts', { schema: signPartsRoute }, async (request, reply) => {
    return {
      parts: await run(request, reply, (context) =>
        uploads.signParts(request.params.token, request.body.numbers, context)
      )
    }
  })
  app.post('/v1/uploads/:token/complete', { schema: completeUploadRoute }, async (request, reply) => {
    return await run(request, reply, (context) => uploads.complete(request.params.token, context))
  })
  app.post('/v1/uploads/:token/abort', { schema: abortUploadRoute }, async (request, reply) => {
    await run(request, reply, (context) => uploads.abort(request.params.token, context))
    return reply.code(204).send()
  })
}
