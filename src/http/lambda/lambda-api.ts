import type { Config } from '../../config/config.ts'
import { buildApp } from '../app.ts'
import { createHandler } from './lambda-adapter.ts'
import { buildAppSettings } from '../settings.ts'
import type { AppServices } from '../services.ts'

/** The app behind the adapter: all of the HTTP layer that a function loads, and loads only where it answers HTTP. */
export async function createApi (services: AppServices, config: Config): ReturnType<typeof createHandler> {
  return await createHandler(await buildApp(services, buildAppSettings(config, { onLambda: true })))
}
