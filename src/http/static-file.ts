import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'

/** File that is sent from memory, with the headers of its response. */
export interface StaticFile {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** Creates a file that browsers keep but revalidate each time, so that a page never runs scripts of another version. */
export function createStaticFile (
  content: string | Buffer,
  { type, policy }: { readonly type: string, readonly policy?: string }
): StaticFile {
  const body = Buffer.from(content)
  return {
    body,
    headers: {
      'content-type': type,
      etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
      'cache-control': 'no-cache',
      ...(policy === undefined
        ? {}
        : { 'content-security-policy': policy, 'cross-origin-resource-policy': 'same-origin' })
    }
  }
}

/** Sends a file, or 304 if the client has it already. */
export function sendStaticFile (request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply {
  void reply.headers(file.headers)
  if (!fresh(request.headers, file.headers)) return reply.send(file.body)
  return reply.removeHeader('content-type').code(304).send()
}
