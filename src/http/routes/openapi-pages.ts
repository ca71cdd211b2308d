import { readFile } from 'node:fs/promises'
import { lazyImport } from '../../runtime/lazy-import.ts'
import { compactDocument } from '../openapi/compact-document.ts'
import type { JsonObject } from '../openapi/json.ts'
import { printYaml } from '../openapi/print-yaml.ts'
import type { App } from '../services.ts'
import { createStaticFile, type StaticFile } from '../static-file.ts'

const HEADER = '# Generated from the route schemas by `npm run openapi`. Do not edit.\n'

/** Files of the documentation page, and those of Swagger UI, which it uses. The build moves both. */
const PAGE = new URL('../docs/', import.meta.url)
const SWAGGER_UI = new URL('static/', import.meta.resolve('@fastify/swagger-ui/package.json'))

// Swagger UI shows an image of a response as `blob:`, has icons as `data:`, and sets styles of elements.
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join('; ')

/** Prints the OpenAPI document of an app that is ready as YAML. */
export function printOpenapi (app: Pick<App, 'swagger'>): string {
  return HEADER + printYaml(compactDocument(generateDocument(app)))
}

/** Returns the OpenAPI document as @fastify/swagger generates it, with everything inline. */
export function generateDocument (app: Pick<App, 'swagger'>): JsonObject {
  const { openapi, info, servers, security, tags, paths, components } = app.swagger() as unknown as JsonObject
  return { openapi, info, servers, security, tags, paths, components } as JsonObject
}

/** Returns the document and the files of the page at `/docs` by path; each is read and kept when it is first needed. */
export function createOpenapiPages (app: Pick<App, 'swagger'>): ReadonlyMap<string, () => Promise<StaticFile>> {
  const load = (file: URL, type: string) =>
    lazyImport(async () => createStaticFile(await readFile(file), { type: `${type}; charset=utf-8`, policy: POLICY }))
  return new Map([
    [
      '/openapi.yaml',
      lazyImport(async () => createStaticFile(printOpenapi(app), { type: 'application/yaml; charset=utf-8' }))
    ],
    ['/docs', load(new URL('index.html', PAGE), 'text/html')],
    ['/docs/docs.css', load(new URL('docs.css', PAGE), 'text/css')],
    ['/docs/docs.js', load(new URL('docs.js', PAGE), 'text/javascript')],
    ['/docs/swagger-ui.css', load(new URL('swagger-ui.css', SWAGGER_UI), 'text/css')],
    ['/docs/swagger-ui-bundle.js', load(new URL('swagger-ui-bundle.js', SWAGGER_UI), 'text/javascript')]
  ])
}
