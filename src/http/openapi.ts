import swagger from '@fastify/swagger'
import { lazyImport } from '../runtime/lazy-import.ts'
import { ProblemSchema } from './schemas/thumbnail-schemas.ts'
import type { App } from './services.ts'

/** Collects the schemas of the routes that are registered after it into an OpenAPI 3.1 document. */
export async function registerOpenapi (app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Posterframe',
        version,
        description:
          'Turns a moment of a video into a picture: `bucket/key + timestamp -> JPEG in the store + presigned ' +
            'URL`. Errors are problem documents (RFC 9457) whose `code` names the reason.',
        license: { name: 'MIT', identifier: 'MIT' }
      },
      servers: [{ url: '/' }],
      // Which of them a deployment asks for is its own affair; `{}`: none.
      security: [{}, { bearer: [] }, { apiKey: [] }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key, or a JSON Web Token of the issuer that the service trusts.'
          },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'An API key.' },
          signedUrl: {
            type: 'apiKey',
            in: 'query',
            name: 'signature',
            description: 'HMAC-SHA256 over all other parameters, `keyId` and `signedUntil` among them.'
          }
        }
      },
      tags: [
        { name: 'thumbnails', description: 'Pictures of one moment of a video.' },
        { name: 'storyboards', description: 'Small pictures of a whole video.' },
        { name: 'previews', description: 'A few seconds of a video, animated.' },
        { name: 'jobs', description: 'What was asked for with `Prefer: respond-async`.' },
        { name: 'videos', description: 'What is known of a video.' },
        { name: 'uploads', description: 'Videos into the store, past this service.' },
        { name: 'service', description: 'How the service is.' }
      ]
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`
    }
  })
  app.addSchema(ProblemSchema)
}

/**
 * `GET /openapi.yaml`, and the page at `/docs`. What makes them is loaded when somebody asks, which on Lambda nearly
 * nobody does: it was a sixth of the cold start.
 */
export function registerOpenapiPages (app: App): void {
  const loadDocument = lazyImport(async () => (await import('./routes/openapi-pages.ts')).printOpenapi(app))
  const loadDocs = lazyImport(async () => await (await import('./routes/openapi-pages.ts')).createDocs(app))
  app.get('/openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/yaml; charset=utf-8').send(await loadDocument())
  )
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const docs = await loadDocs()
      const { statusCode, headers, rawPayload } = await docs.inject({
        method: 'GET',
        url: request.url,
        headers: request.headers
      })
      if (statusCode === 404) return reply.callNotFound()
      const { connection, date, ...own } = headers
      return reply.code(statusCode).headers(own).send(rawPayload)
    })
  }
}
