import type { FastifyReply, FastifyRequest } from 'fastify'
import { PosterframeError } from '../errors.ts'
import { findNearestName } from '../input/nearest-name.ts'
import { sendProblem } from './problem.ts'
import type { App } from './services.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Registers the handler of requests that match no route. They count towards the rate limit. */
export function registerNotFound (app: App): void {
  const paths = new Set<string>()
  app.addHook('onRoute', ({ url, schema }) => {
    if (!/[:*]/.test(url) && schema?.hide !== true) paths.add(url)
  })
  const handleNotFound = createNotFoundHandler(paths)
  // The plugin decorates the app only if a rate limit is configured.
  const { rateLimit } = app as Partial<Pick<App, 'rateLimit'>>
  if (rateLimit === undefined) app.setNotFoundHandler(handleNotFound)
  else app.setNotFoundHandler({ preHandler: rateLimit() }, handleNotFound)
}

/**
 * Creates the handler that sends `method_not_allowed` with `Allow` if the path has a route for another method, else
 * `not_found`.
 */
function createNotFoundHandler (paths: ReadonlySet<string>) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const url = request.url.split('?', 1)[0] ?? ''
    const allowed = METHODS.filter((method) => request.server.hasRoute({ method, url }))
    if (allowed.length === 0) {
      void sendProblem(reply, new PosterframeError('not_found', { detail: describeUnknownPath(url, [...paths]) }))
      return
    }
    const allow = allowed.join(', ')
    void sendProblem(
      reply.header('allow', allow),
      new PosterframeError('method_not_allowed', {
        detail: `This path does not support ${request.method}. Use ${allow}.`
      })
    )
  }
}

function describeUnknownPath (path: string, known: readonly string[]): string {
  // A slash at the end makes another path.
  const nearest = findNearestName(path.replace(/\/+$/, ''), known)
  return nearest === undefined
    ? 'No route matches this path. GET /openapi.yaml lists the paths of the service.'
    : `No route matches this path; did you mean ${nearest}?`
}

/**
 * Throws `invalid_request` for a URL that is not percent-encoded UTF-8 (RFC 3986, section 2.1). The router would accept
 * a lone `%` or a raw byte literally and look up a different key than intended.
 */
export async function checkEncoding ({ raw }: FastifyRequest): Promise<void> {
  const url = raw.url ?? ''
  if (/^[!-~]*$/.test(url) && isDecodable(url)) return
  throw new PosterframeError('invalid_request', {
    detail: 'The URL is not valid percent-encoded UTF-8. Encode a percent sign as %25, or write 50% as 50pct.'
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
