import fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { handleError } from '../../src/http/handle-error.ts'
import { registerObjects } from '../../src/http/routes/objects.ts'
import { ProblemSchema } from '../../src/http/schemas/problem-schema.ts'
import { compileValidator } from '../../src/http/validation.ts'
import { createLocalStore, type LocalStore } from '../../src/store/local/local-store.ts'

/** A local store in a directory, served on a free port until the test ends. */
export interface ServedStore {
  readonly store: LocalStore
  readonly app: FastifyInstance
  readonly url: string
}

/** Serves the signed URLs of a local store in `directory`, and nothing else. */
export async function serveLocalStore (t: Test, directory: string): Promise<ServedStore> {
  let url = ''
  const store = await createLocalStore({ directory, buckets: ['videos'], publicUrl: () => url })
  const app = fastify()
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => (response) => JSON.stringify(response))
  app.setErrorHandler(handleError)
  app.addSchema(ProblemSchema)
  registerObjects(app, store)
  t.teardown(() => app.close())
  url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { store, app, url }
}
