import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance } from 'fastify'
import { stringify } from 'yaml'
import type { App } from '../services.ts'

const HEADER = '# Printed from the route schemas by `npm run openapi`.\n'

/** The OpenAPI document of an app that is ready, as YAML. */
export function printOpenapi (app: Pick<App, 'swagger'>): string {
  const { openapi, info, servers, security, tags, paths, components } = app.swagger() as Record<string, unknown>
  return (
    HEADER +
    stringify(
      { openapi, info, servers, security, tags, paths, components },
      { aliasDuplicateObjects: false, lineWidth: 0 }
    )
  )
}

/** An app of its own that shows the document of another at `/docs`: interactive, and without anything from outside. */
export async function createDocs (app: Pick<App, 'swagger'>): Promise<FastifyInstance> {
  const docs = fastify()
  await docs.register(swagger, {
    mode: 'static',
    specification: { document: app.swagger() as StaticDocumentSpec['document'] }
  })
  await docs.register(swaggerUi, {
    routePrefix: '/docs',
    // Without the badge that sends the document's address to validator.swagger.io.
    uiConfig: { validatorUrl: null },
    staticCSP: {
      'default-src': "'self'",
      'img-src': ["'self'", 'data:'],
      'style-src': ["'self'", "'unsafe-inline'"],
      'object-src': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'"
    }
  })
  return docs
}
