// Generates openapi.yaml from the routes of the app, including /metrics and those of the local store.
import { writeFile } from 'node:fs/promises'
import manifest from '../package.json' with { type: 'json' }
import { buildApp } from '../src/http/app.ts'
import { printOpenapi } from '../src/http/routes/openapi-pages.ts'
import type { AppServices } from '../src/http/services.ts'

// The document depends on the routes alone, so no service is ever called.
const services = { objects: {}, metrics: {}, localUploads: {}, uploads: {} } as unknown as AppServices
const app = await buildApp(services, {
  defaultBucket: 'videos',
  maxUploadBytes: 1,
  timeoutMs: 1,
  logLevel: 'silent',
  onLambda: false,
  version: manifest.version
})
await app.ready()
await writeFile(new URL('../openapi.yaml', import.meta.url), printOpenapi(app))
await app.close()
