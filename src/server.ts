import { setFlagsFromString } from 'node:v8'
import type { Config } from './config.ts'
import { hideEnvironment } from './hide-environment.ts'
import type { AwsCredentials } from './storage/s3-store.ts'

// A buffer of 64 KiB weighs next to nothing in V8's young generation, so dead ones outlive tens of megabytes of upload
// before they are collected. A young generation that keeps its first size is collected often enough: an upload of any
// size then takes some 15 MB instead of 75, at no measurable cost in time. Loading modules makes it grow, so they come after.
setFlagsFromString('--semi-space-growth-factor=1')
const { ConfigError, loadConfig } = await import('./config.ts')
const { compose } = await import('./compose.ts')
const { takeSecrets } = await import('./take-secrets.ts')
const { buildApp } = await import('./http/app.ts')
const { planSettings } = await import('./http/settings.ts')

hideEnvironment(process.env)
try {
  const config = loadConfig(process.env)
  await serve(config, takeSecrets(process.env))
} catch (error) {
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `Posterframe could not start: ${describe(error)}\n`)
  process.exit(error instanceof ConfigError ? error.exitCode : 1)
}

async function serve (config: Config, awsCredentials: AwsCredentials | undefined): Promise<void> {
  let listensOn = ''
  const services = await compose(config, { searchPath: process.env['PATH'] ?? '', publicUrl: () => config.publicUrl ?? listensOn, awsCredentials, isWatched: true })
  const app = await buildApp(services, planSettings(config, { onLambda: false }))
  closeOnSignal(async () => {
    await app.close()
    await services.close()
  })
  listensOn = await app.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: (address) => `Posterframe listens on ${address}; ${describeStore(config)}`
  })
  app.log.info({ decoder: services.decoder.description, isolation: services.isolation.description }, 'what decodes, and what it is kept from')
}

function describeStore (config: Config): string {
  return config.store === 's3'
    ? `thumbnails go to the S3 bucket ${config.outputBucket}`
    : `no S3 is configured, so this is the embedded local store in ${config.localDir}`
}

/** Closes in order at the first signal, and exits at once at the second. */
function closeOnSignal (close: () => Promise<unknown>): void {
  let isClosing = false
  for (const [signal, status] of [['SIGTERM', 143], ['SIGINT', 130]] as const) {
    process.on(signal, () => {
      if (isClosing) process.exit(status)
      isClosing = true
      close().then(() => process.exit(0), (error: unknown) => {
        process.stderr.write(`Posterframe could not close in order: ${describe(error)}\n`)
        process.exit(1)
      })
    })
  }
}

function describe (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
