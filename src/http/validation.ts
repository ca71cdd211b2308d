import type { TSchema } from 'typebox'
import type { FastifySchemaCompiler } from 'fastify'
import { createBodyCheck, createTextCheck, parameterError } from '../input/check-input.ts'
import type { PosterframeError } from '../errors.ts'

/** Compiles the request schemas of all routes. Replaces Fastify's ajv, which would also coerce the types in bodies. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, contentType, method, url }) => {
  // Form fields are validated as they arrive; nothing has been read yet. Other bodies than JSON are byte streams.
  if (contentType !== undefined && contentType !== 'application/json') return () => true
  // Header schemas only document. Most headers are not the service's own, and the code that reads one validates it.
  if (httpPart === 'headers') return () => true
  const check = httpPart === 'body' ? createBodyCheck(schema) : createTextCheck(schema)
  return (input: unknown) => {
    const error = httpPart === 'querystring' && method === 'POST' ? misplacedError(input, url) : undefined
    return error === undefined ? check(input) : { error }
  }
}

/** Returns an error for a source in the query of a POST, which has it in the body; a GET has it in the query. */
function misplacedError (query: unknown, url: string): PosterframeError | undefined {
  const name = ['key', 'bucket'].find((parameter) => Object.hasOwn(Object(query) as object, parameter))
  if (name === undefined) return undefined
  const alternative = url === '/v1/thumbnails' ? ', or send a GET, which has it in the query' : ''
  return parameterError(name, `is in the query of a POST. Send it in the JSON body: {"${name}": "..."}${alternative}`)
}
