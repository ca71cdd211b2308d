import swagger from '@fastify/swagger'
import { lazyImport } from '../runtime/lazy-import.ts'
import { ProblemSchema } from './schemas/problem-schema.ts'
import type { App } from './services.ts'
import { sendStaticFile } from './static-file.ts'

/** Registers the plugin that collects the schemas of all routes registered after it into an OpenAPI 3.1 document. */
export async function registerOpenapi (app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Posterframe API',
        version,
        description:
          'Extracts a frame of a video at a timestamp, stores it as an image, and returns a presigned URL. Errors ' +
          'are problem documents (RFC 9457), whose `code` identifies the error.',
        license: { name: 'MIT', identifier: 'MIT' }
      },
      servers: [{ url: '/' }],
      // A deployment can require any of them; `{}` stands for none.
      security: [{}, { bearer: [] }, { apiKey: [] }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'API key, or JSON Web Token of the trusted issuer.'
          },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'API key.' },
          signedUrl: {
            type: 'apiKey',
            in: 'query',
            name: 'signature',
            description: 'HMAC-SHA256 over all other parameters, including `keyId` and `signedUntil`.'
          }
        }
      },
      tags: [
        { name: 'thumbnails', description: 'Images of single frames.' },
        { name: 'storyboards', description: 'Sprite sheets of whole videos.' },
        { name: 'previews', description: 'Short animated excerpts.' },
        { name: 'jobs', description: 'Results of requests with `Prefer: respond-async`.' },
        { name: 'videos', description: 'Metadata of videos.' },
        { name: 'uploads', description: 'Direct uploads to the store.' },
        { name: 'local-store', description: 'Targets of the presigned URLs of the local store.' },
        { name: 'service', description: 'Health, readiness and metrics.' }
      ]
    },
    convertConstToEnum: false,
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`
    }
  })
  app.addSchema(ProblemSchema)
}

/**
 * Registers `GET /openapi.yaml` and the documentation page `GET /docs`. Their code is imported on the first request,
 * because it would take a sixth of the cold start on Lambda, where they are rarely requested.
 */
export function registerOpenapiPages (app: App): void {
  const loadPages = lazyImport(async () => (await import('./routes/openapi-pages.ts')).createOpenapiPages(app))
  for (const url of ['/openapi.yaml', '/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const pages = await loadPages()
      const file = await pages.get(request.url.split('?', 1)[0] ?? '')?.()
      return file === undefined ? reply.callNotFound() : sendStaticFile(request, reply, file)
    })
  }
  app.get('/docs/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('../docs'))
}
