import type { FastifyReply, FastifyRequest } from 'fastify'
import { PosterframeError } from '../../errors.ts'
import { readWholeNumber } from '../../input/whole-number.ts'
import type { Arriving, LocalUploadStore } from '../../store/local/local-upload-store.ts'
import { signedLengthError } from '../../store/local/receive-file.ts'
import {
  PART_LIMITS,
  readField,
  readParts,
  readUntilAborted,
  translateUploadError,
  watchUpload
} from './receive-upload.ts'
import { watchClient } from '../request-signal.ts'
import { postObjectRoute, putObjectRoute, type SignedPutParameters } from '../schemas/local-store-schemas.ts'
import type { App, AppSettings } from '../services.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Exempts the body from the arrival timeout; the route ends a stalled upload itself. */
    isUpload?: boolean
  }
}

/** Room for a base64 policy, which contains a key and metadata. */
const MAX_FIELD_BYTES = 8192

/**
 * Registers the signed upload URLs of the local store: `PUT /objects` receives a file or one part of it, `POST
 * /objects` a form with a whole file.
 */
export function registerLocalUploads (
  app: App,
  store: LocalUploadStore,
  { uploadIdleMs = 30_000 }: Pick<AppSettings, 'uploadIdleMs'>
): void {
  // A scope of its own, in which the body is an unparsed stream, whatever its Content-Type.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => {
      done(null, payload)
    })
    scope.put<{ Querystring: SignedPutParameters }>(
      '/objects',
      { schema: putObjectRoute, config: { isUpload: true } },
      async (request, reply) => {
        const { query } = request
        store.verifyPut(query)
        const declaredBytes = readWholeNumber(request.headers['content-length']) ?? 0
        if (declaredBytes > query.bytes) throw signedLengthError(query.bytes)
        if (query.type !== undefined) assertSignedType(request, query.type)
        const etag = await withStallWatch(reply, uploadIdleMs, (watch) => store.receivePut(query, watch(request.raw)))
        return reply.header('etag', `"${etag}"`).send()
      }
    )
  })

  app.post('/objects', { schema: postObjectRoute, config: { isUpload: true } }, async (request, reply) => {
    if (!request.isMultipart()) {
      throw new PosterframeError('unsupported_content_type', {
        detail: 'The body is not a form. Send it as multipart/form-data.'
      })
    }
    try {
      await withStallWatch(reply, uploadIdleMs, (watch) => receiveForm(request, store, watch))
    } finally {
      request.raw.unpipe()
    }
    return reply.code(204).send()
  })
}

/** Wraps a body so that every chunk postpones the stall timeout. */
type Watch = (body: AsyncIterable<Uint8Array>) => Arriving

async function receiveForm (request: FastifyRequest, store: LocalUploadStore, watch: Watch): Promise<void> {
  const fields: Record<string, string> = {}
  let isStored = false
  const limits = { ...PART_LIMITS, fieldSize: MAX_FIELD_BYTES, fileSize: Infinity }
  const isPartAFile = (name?: string, _type?: string, filename?: string) => name === 'file' || filename !== undefined
  const { signal } = watch(request.raw)
  try {
    for await (const part of readParts(request.parts({ limits, isPartAFile }), signal)) {
      if (part.type === 'field') {
        if (!['policy', 'signature'].includes(part.fieldname)) {
          throw new PosterframeError('invalid_request', {
            detail: `'${part.fieldname.slice(0, 100)}' is not a field of this form. Send policy, signature and file.`
          })
        }
        fields[part.fieldname] = readField(part)
      } else if (part.fieldname === 'file') {
        await store.receiveForm(store.verifyForm(fields), watch(part.file))
        isStored = true
      } else {
        throw unexpectedFileError(part.fieldname)
      }
    }
  } catch (error) {
    signal.throwIfAborted()
    throw translateUploadError(error)
  }
  if (!isStored) {
    throw new PosterframeError('invalid_request', {
      detail: "The form has no 'file'. Send the file after 'policy' and 'signature'.",
      members: { parameter: 'file' }
    })
  }
}

/** Throws `unsupported_content_type` for another type than the signed one, which S3 would reject, too. */
function assertSignedType ({ headers }: FastifyRequest, type: string): void {
  const sent = headers['content-type']
  if (sent === type) return
  const found = sent === undefined ? 'no Content-Type' : `the Content-Type '${sent.slice(0, 100)}'`
  throw new PosterframeError('unsupported_content_type', {
    detail: `The request has ${found}, and the URL was signed for '${type}'. Send the headers of the upload.`
  })
}

/** Runs `task`. Aborts its signal if no data arrives for `idleMs` milliseconds, or the client disconnects. */
async function withStallWatch<T> (reply: FastifyReply, idleMs: number, task: (watch: Watch) => Promise<T>): Promise<T> {
  const stall = watchUpload(idleMs)
  const signal = AbortSignal.any([watchClient(reply), stall.signal])
  try {
    return await task((body) => ({ signal, body: readSteadily(body, signal, stall.count) }))
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
  onChunk: (bytes: number) => void
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of readUntilAborted(body[Symbol.asyncIterator](), signal)) {
      onChunk(chunk.length)
      yield chunk
    }
  } catch (error) {
    signal.throwIfAborted()
    throw translateUploadError(error)
  }
}

/** Returns `invalid_request` for a file in any field but `file`. */
function unexpectedFileError (name: string): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `The field '${name.slice(0, 100)}' contains a file. Send the file as the field 'file'.`
  })
}
