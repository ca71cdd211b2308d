import type { Config } from '../config.ts'
import { type AppServices, buildApp } from './app.ts'
import { createHandler } from './lambda-adapter.ts'
import { planSettings } from './settings.ts'

/** The app behind the adapter: all of the HTTP layer that a function loads, and loads only where it answers HTTP. */
export async function createApi (services: AppServices, config: Config): ReturnType<typeof createHandler> {
  return await createHandler(await buildApp(services, planSettings(config, { onLambda: true })))
}
