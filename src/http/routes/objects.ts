import type { Static, TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { create as createContentDisposition } from 'content-disposition'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import { PosterframeError } from '../../errors.ts'
import type { LocalStore } from '../../store/local/local-store.ts'
import type { ByteRange, ObjectHead } from '../../store/object-store.ts'
import { watchClient } from '../request-signal.ts'
import { getObjectRoute, SignedQuerySchema } from '../schemas/local-store-schemas.ts'

/** Registers the signed URLs of the local store: `GET` and `HEAD /objects?bucket=&key=&expires=&signature=`. */
export function registerObjects (app: FastifyInstance, store: LocalStore): void {
  const handler = async (
    request: FastifyRequest<{ Querystring: Static<typeof SignedQuerySchema> }>,
    reply: FastifyReply
  ) => {
    const { location, expiresAt } = store.verifySigned(request.query)
    const signal = watchClient(reply)
    const head = await store.head(location, { signal })
    if (head === undefined) throw new PosterframeError('not_found')
    const range = chooseRange(request, head)
    if (fresh(request.headers, { etag: quote(head.etag) })) {
      return setObjectHeaders(reply, location.key, head, expiresAt).code(304).send()
    }
    if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${head.bytes}`).send()

    // Opened before any header is set, so that an error is sent as a problem document.
    const body =
      request.method === 'HEAD'
        ? undefined
        : (await store.get(location, { signal, ifMatch: head.etag, ...(range === undefined ? {} : { range }) })).body
    if (range !== undefined) {
      void reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${head.bytes}`)
    }
    return setObjectHeaders(reply, location.key, head, expiresAt)
      .type(head.contentType)
      .header('content-length', range === undefined ? head.bytes : range.end - range.start)
      .send(body)
  }
  const typed = app.withTypeProvider<TypeBoxTypeProvider>()
  typed.get('/objects', { schema: getObjectRoute, exposeHeadRoute: false }, handler)
  typed.head('/objects', { schema: { querystring: SignedQuerySchema, hide: true } }, handler)
}

/** Sets the headers that do not depend on the range. */
function setObjectHeaders (reply: FastifyReply, key: string, head: ObjectHead, expiresAt: Date): FastifyReply {
  const name = key.split('/').findLast((segment) => segment !== '') ?? 'object'
  const secondsLeft = Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1000))
  return reply.headers({
    etag: quote(head.etag),
    'accept-ranges': 'bytes',
    'cache-control': `private, max-age=${secondsLeft}`,
    'content-disposition': createContentDisposition(name, { type: 'inline' }),
    // Keeps browsers from running a video that looks like a script on the app's own origin.
    'x-content-type-options': 'nosniff'
  })
}

/**
 * Returns the requested range, or `undefined` for the whole object. Ignores `Range` unless `If-Range` names the current
 * version (RFC 9110, section 13.1.5).
 */
function chooseRange ({ method, headers }: FastifyRequest, head: ObjectHead): ByteRange | 'unsatisfiable' | undefined {
  const condition = headers['if-range']
  if (method !== 'GET' || headers.range === undefined) return undefined
  if (condition !== undefined && condition !== quote(head.etag)) return undefined
  return parseRange(headers.range, head.bytes)
}

/**
 * Parses a `Range` header for an object of `bytes` bytes (RFC 9110, section 14). Returns `undefined` if the whole
 * object is to be sent: for another unit, several ranges or an invalid header. The usual library, `range-parser`,
 * returns unsatisfiable for a suffix longer than the object, although section 14.1.2 requires the whole object.
 */
export function parseRange (header: string, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const lastByte = first === '' || last === '' ? Infinity : Number(last)
  if (lastByte < start) return undefined
  return start < bytes ? { start, end: Math.min(lastByte + 1, bytes) } : 'unsatisfiable'
}

function quote (etag: string): string {
  return `"${etag}"`
}
