import { PosterframeError } from '../errors.ts'
import { isNestedDeeper } from '../input/json-depth.ts'
import type { App } from './services.ts'

/** Levels of arrays and objects in a body; those of the API have four. */
const MAX_JSON_DEPTH = 32

/** Registers the parser of JSON bodies: Fastify's, with a limit on nesting. */
export function registerJsonParser (app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (isNestedDeeper(body, MAX_JSON_DEPTH)) {
      const detail = `The JSON body is nested more than ${MAX_JSON_DEPTH} levels deep. Send plain options.`
      done(new PosterframeError('invalid_request', { detail }))
      return
    }
    void parse(request, body, done)
  })
}
