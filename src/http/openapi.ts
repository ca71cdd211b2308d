import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { stringify } from 'yaml'
import type { App } from './app.ts'
import { ProblemSchema } from './schemas.ts'

const HEADER = '# Printed from the route schemas by `npm run openapi`.\n'

/** Collects the schemas of the routes that are registered after it into an OpenAPI 3.1 document. */
export async function registerOpenapi (app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Posterframe',
        version,
        description: 'Turns a moment of a video into a picture: `bucket/key + timestamp -> JPEG in the store + presigned URL`. Errors are problem documents (RFC 9457) whose `code` names the reason.',
        license: { name: 'MIT', identifier: 'MIT' }
      },
      servers: [{ url: '/' }],
      // Which of them a deployment asks for is its own affair; `{}`: none.
      security: [{}, { bearer: [] }, { apiKey: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a JSON Web Token of the issuer that the service trusts.' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'An API key.' },
          signedUrl: { type: 'apiKey', in: 'query', name: 'signature', description: 'HMAC-SHA256 over all other parameters, `keyId` and `signedUntil` among them.' }
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
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, index) => typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}` }
  })
  app.addSchema(ProblemSchema)
}

/** The OpenAPI document of an app that is ready, as YAML. */
export function printOpenapi (app: App): string {
  const { openapi, info, servers, security, tags, paths, components } = app.swagger() as Record<string, unknown>
  return HEADER + stringify({ openapi, info, servers, security, tags, paths, components }, { aliasDuplicateObjects: false, lineWidth: 0 })
}

/** `GET /openapi.yaml`, and an interactive page at `/docs` that needs nothing from outside. */
export async function registerOpenapiPages (app: App): Promise<void> {
  let document: string | undefined
  app.get('/openapi.yaml', { schema: { hide: true } }, async (_request, reply) => {
    document ??= printOpenapi(app)
    return reply.type('application/yaml; charset=utf-8').send(document)
  })

  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Without the badge that sends the document's address to validator.swagger.io.
    uiConfig: { validatorUrl: null },
    staticCSP: {
      'default-src': "'self'", 'img-src': ["'self'", 'data:'], 'style-src': ["'self'", "'unsafe-inline'"], 'object-src': "'none'", 'base-uri': "'none'", 'frame-ancestors': "'none'"
    }
  })
}
