import { setFlagsFromString } from 'node:v8'
import type { Composition } from './compose.ts'
import type { Config } from './config/config.ts'
import type { App } from './http/services.ts'
import type { AwsCredentials } from './store/s3/s3-client.ts'

// A 64 KiB buffer weighs almost nothing in V8's young generation, so tens of megabytes of dead upload buffers pile up
// before a collection. If the young generation keeps its initial size, an upload of any size takes about 15 MB instead
// of 75, at no measurable cost in time. Loading modules makes it grow, so the modules are loaded afterwards.
setFlagsFromString('--semi-space-growth-factor=1')
const { ConfigError, loadConfig } = await import('./config/config.ts')
const { compose } = await import('./compose.ts')
const { fixEncoderThreads } = await import('./runtime/fix-encoder-threads.ts')
const { removeSecrets, scrubEnvironment } = await import('./runtime/scrub-environment.ts')
const { buildApp } = await import('./http/app.ts')
const { buildAppSettings } = await import('./http/settings.ts')
const { maskSecrets } = await import('./http/hooks/mask-secrets.ts')
const { startQueueWorker } = await import('./events/queue-worker.ts')
const { checkStart } = await import('./doctor/check-start.ts')
const { createWriteLog } = await import('./events/write-log.ts')

/** Handling a message spends about as long on I/O as on CPU, so twice as many run as there are decode slots. */
const MESSAGES_PER_SLOT = 2

scrubEnvironment(process.env)
fixEncoderThreads(process.env)
try {
  const config = loadConfig(process.env)
  checkCommand(process.argv.slice(2), config)
  await serve(config, removeSecrets(process.env))
} catch (error) {
  process.stderr.write(
    error instanceof ConfigError ? `${error.message}\n` : `Posterframe could not start: ${describe(error)}\n`
  )
  process.exit(error instanceof ConfigError ? error.exitCode : 1)
}

async function serve (config: Config, awsCredentials: AwsCredentials | undefined): Promise<void> {
  let listensOn = ''
  const services = await compose(config, {
    searchPath: process.env['PATH'] ?? '',
    publicUrl: () => config.publicUrl ?? listensOn,
    awsCredentials,
    isLongLived: true
  })
  const { problems, warnings } = await checkStart(config, services.probe, process.env['AWS_PROFILE'])
  if (problems.length > 0) {
    await services.close()
    throw new ConfigError(problems)
  }
  const isWorker = process.argv[2] === 'worker'
  const app = await buildApp(services, buildAppSettings(config, { onLambda: false, isWorker }))
  for (const warning of warnings) app.log.warn(warning)
  const worker = startWorker(services, config)
  closeOnSignal(async () => {
    await Promise.all([app.close(), worker?.drain(config.timeoutMs)])
    await services.close()
  })
  listensOn = await listen(app, config)
  // `npm start` prints the address of the page. A worker has no page.
  if (!isWorker) process.send?.({ page: config.publicUrl ?? listensOn })
  app.log.info(
    { decoder: services.decoder.description, isolation: services.isolation.description },
    'decoder and sandbox'
  )
}

/**
 * Listens, and returns the base URL.
 *
 * @throws Error that says what to do if the port cannot be used
 */
async function listen (app: App, config: Config): Promise<string> {
  const { host, port } = config
  try {
    return await app.listen({
      host,
      port,
      listenTextResolver: (address) => `Posterframe listens on ${address}; ${describeStore(config)}`
    })
  } catch (error) {
    const advice = {
      EADDRINUSE: 'is in use. Stop the program that uses it, or set POSTERFRAME_PORT to another one.',
      EACCES: 'needs more rights than this user has. Set POSTERFRAME_PORT to one above 1023.'
    }[String((error as NodeJS.ErrnoException).code)]
    throw advice === undefined ? error : new Error(`port ${port} of ${host} ${advice}`, { cause: error })
  }
}

/** Checks the command: `worker` starts a process that only handles messages. */
function checkCommand (words: readonly string[], { events }: Config): void {
  if (words.length > 1 || !['worker', undefined].includes(words[0])) {
    throw new ConfigError([`unknown command '${words.join(' ')}': expected 'worker' or no argument`])
  }
  if (words[0] === 'worker' && events.queueUrl === undefined) {
    throw new ConfigError(['POSTERFRAME_QUEUE_URL must be set for the command worker'])
  }
}

function startWorker (
  { messageQueue: queue, handleMessage, metrics }: Composition,
  { slots, timeoutMs, events }: Config
) {
  if (queue === undefined) return undefined
  const log = createWriteLog((line) => {
    process.stdout.write(maskSecrets(line))
  })
  log('info', 'queue worker started', { queueUrl: events.queueUrl })
  return startQueueWorker({
    queue,
    handleMessage,
    concurrency: MESSAGES_PER_SLOT * slots,
    timeoutMs,
    visibilitySeconds: events.queueVisibilitySeconds,
    log,
    ...(metrics === undefined ? {} : { recorder: metrics })
  })
}

function describeStore (config: Config): string {
  return config.store === 's3'
    ? `thumbnails go to the S3 bucket ${config.outputBucket}`
    : `no S3 is configured, so this is the embedded local store in ${config.localDir}`
}

/** Shuts down gracefully at the first signal, and exits at once at the second. */
function closeOnSignal (close: () => Promise<unknown>): void {
  let isClosing = false
  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGINT', 130]
  ] as const) {
    process.on(signal, () => {
      if (isClosing) process.exit(status)
      isClosing = true
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Posterframe could not shut down gracefully: ${describe(error)}\n`)
          process.exit(1)
        }
      )
    })
  }
}

function describe (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
