import type { TSchema } from 'typebox'
import type { FastifySchemaCompiler } from 'fastify'
import { createBodyCheck, createTextCheck } from '../check-input.ts'

/** Compiles the request schemas of all routes. Replaces Fastify's ajv, which would also coerce the types in bodies. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, contentType }) => {
  // Form fields are validated as they arrive; nothing has been read yet. Other bodies than JSON are byte streams.
  if (contentType !== undefined && contentType !== 'application/json') return () => true
  // Header schemas only document. Most headers are not the service's own, and the code that reads one validates it.
  if (httpPart === 'headers') return () => true
  return httpPart === 'body' ? createBodyCheck(schema) : createTextCheck(schema)
}
