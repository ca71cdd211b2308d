import type { FastifyReply, FastifyRequest } from 'fastify'
import { PosterframeError } from '../errors.ts'
import { sendProblem } from './problem.ts'
import type { App } from './services.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Answers what no route does; who asks for such is counted like everybody where a limit is set. */
export function registerNotFound (app: App): void {
  // What the plugin decorates an app with is there only where a limit is set.
  const { rateLimit } = app as Partial<Pick<App, 'rateLimit'>>
  if (rateLimit === undefined) app.setNotFoundHandler(handleNotFound)
  else app.setNotFoundHandler({ preHandler: rateLimit() }, handleNotFound)
}

/**
 * Answers an address without a route: `method_not_allowed` with `Allow` where another method has one, else
 * `not_found`.
 */
function handleNotFound (request: FastifyRequest, reply: FastifyReply): void {
  const url = request.url.split('?', 1)[0] ?? ''
  const allowed = METHODS.filter((method) => request.server.hasRoute({ method, url }))
  if (allowed.length === 0) {
    void sendProblem(reply, new PosterframeError('not_found'))
    return
  }
  const allow = allowed.join(', ')
  void sendProblem(
    reply.header('allow', allow),
    new PosterframeError('method_not_allowed', { detail: `Use ${allow}.` })
  )
}

/**
 * Refuses a URL that is not percent-encoded UTF-8 (RFC 3986, section 2.1): the router's parser would take a lone `%`
 * or a raw byte as it stands, and look for another key than the one that was meant.
 */
export async function checkEncoding ({ raw }: FastifyRequest): Promise<void> {
  const url = raw.url ?? ''
  if (/^[!-~]*$/.test(url) && isDecodable(url)) return
  throw new PosterframeError('invalid_request', {
    detail: 'The URL is not percent-encoded UTF-8; write a percent sign as %25 (a timestamp of 50% also as 50pct).'
  })
}

function isDecodable (text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
