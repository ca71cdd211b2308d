import { buildApp } from './http/app.ts'
import { createHandler } from './http/lambda-adapter.ts'
import { compose } from './compose.ts'
import { loadConfig } from './config.ts'
import { hideEnvironment } from './hide-environment.ts'
import { planSettings } from './http/settings.ts'
import { takeSecrets } from './take-secrets.ts'

hideEnvironment(process.env)
const config = loadConfig(process.env)
const services = await compose(config, { searchPath: process.env['PATH'] ?? '', publicUrl: () => config.publicUrl ?? '', awsCredentials: takeSecrets(process.env), isWatched: false })
const app = await buildApp(services, planSettings(config, { onLambda: true }))

/** The `api` function: answers API Gateway (REST and HTTP APIs) and function URLs with the same app as the container. */
export const handler = await createHandler(app)
