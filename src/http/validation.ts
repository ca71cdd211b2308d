import type { TSchema } from 'typebox'
import type { FastifySchemaCompiler } from 'fastify'
import { createBodyCheck, createTextCheck } from '../check-input.ts'

/** Compiles the request schemas of all routes, in the place of Fastify's ajv, which would coerce bodies too. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, contentType }) => {
  // The parts of a form are checked one by one as they arrive: at this point nothing of it has been read.
  // What goes to the local store is a stream of bytes.
  if (contentType === 'multipart/form-data' || contentType === 'application/octet-stream') return () => true
  // Headers are described, not checked: most of what comes is none of ours, and whatever reads one knows what to make
  // of it.
  if (httpPart === 'headers') return () => true
  return httpPart === 'body' ? createBodyCheck(schema) : createTextCheck(schema)
}
