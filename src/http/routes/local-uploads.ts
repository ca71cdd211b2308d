import type { FastifyReply, FastifyRequest } from 'fastify'
import { PosterframeError } from '../../errors.ts'
import type { Arriving, LocalUploadStore } from '../../store/local/local-upload-store.ts'
import { assertLength } from '../../store/local/receive-file.ts'
import { partLimits, readField, readUntilAborted, translateUploadError, watchForStall } from './receive-upload.ts'
import { watchClient } from '../request-signal.ts'
import { postObjectRoute, putPartRoute, type SignedPartParameters } from '../schemas/local-store-schemas.ts'
import type { App, AppSettings } from '../services.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is no small one: it may take as long as its sender is at work. */
    isUpload?: boolean
  }
}

/** A policy holds a key and metadata, and is in base64. */
const MAX_FIELD_BYTES = 8192

/**
 * Takes what the local store has signed: `PUT /objects` a part of a file, `POST /objects` the form with a whole one.
 */
export function registerLocalUploads (
  app: App,
  store: LocalUploadStore,
  { uploadIdleMs = 30_000 }: Pick<AppSettings, 'uploadIdleMs'>
): void {
  // In a scope of its own: here a body is its bytes, whatever type it says.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => {
      done(null, payload)
    })
    scope.put<{ Querystring: SignedPartParameters }>(
      '/objects',
      { schema: putPartRoute, config: { isUpload: true } },
      async (request, reply) => {
        const { query } = request
        store.verifyPart(query)
        if (Number(request.headers['content-length'] ?? 0) > query.bytes) throw assertLength(query.bytes)
        const etag = await receive(reply, uploadIdleMs, (watch) => store.receivePart(query, watch(request.raw)))
        return reply.header('etag', `"${etag}"`).send()
      }
    )
  })

  app.post('/objects', { schema: postObjectRoute, config: { isUpload: true } }, async (request, reply) => {
    if (!request.isMultipart()) {
      throw new PosterframeError('unsupported_content_type', { detail: 'Send the form as multipart/form-data.' })
    }
    try {
      await receive(reply, uploadIdleMs, (watch) => receiveForm(request, store, watch))
    } finally {
      request.raw.unpipe()
    }
    return reply.code(204).send()
  })
}

type Watch = (body: AsyncIterable<Uint8Array>) => Arriving

async function receiveForm (request: FastifyRequest, store: LocalUploadStore, watch: Watch): Promise<void> {
  const fields: Record<string, string> = {}
  let isStored = false
  const limits = { ...partLimits, fieldSize: MAX_FIELD_BYTES, fileSize: Infinity }
  const isPartAFile = (name?: string, _type?: string, filename?: string) => name === 'file' || filename !== undefined
  const { signal } = watch(request.raw)
  try {
    for await (const part of readUntilAborted(request.parts({ limits, isPartAFile }), signal)) {
      if (part.type === 'field') {
        if (!['policy', 'signature'].includes(part.fieldname)) {
          throw new PosterframeError('invalid_request', {
            detail: `The field '${part.fieldname.slice(0, 100)}' is not one of this form's.`
          })
        }
        fields[part.fieldname] = readField(part)
      } else if (part.fieldname === 'file') {
        await store.receiveForm(store.verifyForm(fields), watch(part.file))
        isStored = true
      } else {
        throw new PosterframeError('invalid_request', { detail: "Only 'file' may be a file." })
      }
    }
  } catch (error) {
    signal.throwIfAborted()
    throw translateUploadError(error)
  }
  if (!isStored) {
    throw new PosterframeError('invalid_request', {
      detail: "The form has no 'file' part after its fields.",
      members: { parameter: 'file' }
    })
  }
}

/**
 * Runs `task` while something arrives; aborts its signal when nothing does for so long, and when the client is gone.
 */
async function receive<T> (reply: FastifyReply, idleMs: number, task: (watch: Watch) => Promise<T>): Promise<T> {
  const stall = watchForStall(idleMs)
  const signal = AbortSignal.any([watchClient(reply), stall.signal])
  try {
    return await task((body) => ({ signal, body: readSteadily(body, signal, stall.postpone) }))
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    stall.stop()
  }
}

async function * readSteadily (
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onChunk: () => void
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of readUntilAborted(body[Symbol.asyncIterator](), signal)) {
      onChunk()
      yield chunk
    }
  } catch (error) {
    signal.throwIfAborted()
    throw translateUploadError(error)
  }
}
