import { setImmediate } from 'node:timers/promises'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { loadConfig } from './config/config.ts'
import { createHandleBatch } from './events/handle-batch.ts'
import { createHandleEvents } from './events/handle-events.ts'
import { createWriteLog } from './events/write-log.ts'
import { maskSecrets } from './http/hooks/mask-secrets.ts'
import { fixEncoderThreads } from './runtime/fix-encoder-threads.ts'
import { prepareMachine } from './runtime/prepare-machine.ts'
import { removeSecrets, scrubEnvironment } from './runtime/scrub-environment.ts'

scrubEnvironment(process.env)
fixEncoderThreads(process.env)
const config = loadConfig(process.env)
const searchPath = process.env['PATH'] ?? ''
const awsCredentials = removeSecrets(process.env)
// ffmpeg lists its filters and decoders while the modules load.
const asked = Promise.withResolvers<void>()
const machine = prepareMachine(config, { searchPath, isEager: true, onAsked: asked.resolve })
machine.catch(asked.reject)
await asked.promise
// The pipe to it is flushed before this thread gets busy.
await setImmediate()
// The functions `events` and `batch` serve no HTTP, so their cold start does not load that layer.
const isApi = !/\.(events|batch)$/.test(process.env['_HANDLER'] ?? '')
const [{ compose }, http] = await Promise.all([
  import('./compose.ts'),
  isApi ? import('./http/lambda/lambda-adapter.ts') : undefined
])
const services = await compose(config, {
  searchPath,
  publicUrl: () => config.publicUrl ?? '',
  awsCredentials,
  machine,
  isLongLived: false
})
const log = createWriteLog((line) => {
  process.stdout.write(maskSecrets(line))
})
const { handleMessage, handleSourceChange, makeThumbnail } = services
const {
  slots,
  timeoutMs,
  access: { presets },
  sourceBuckets: [defaultBucket]
} = config
// Lambda grants time for a graceful shutdown only if an extension is registered. process.exit would wait for a thread
// of the runtime interface client, which waits for the next event; a second, unhandled signal ends the process at
// once.
process.once('SIGTERM', () => {
  void services.close().finally(() => process.kill(process.pid, 'SIGTERM'))
})

/** The `events` function: handles S3 notifications, directly or through SQS, SNS and EventBridge. */
export const events = createHandleEvents({ handleMessage, concurrency: slots, timeoutMs, log })

/** The `batch` function: handles S3 Batch Operations and Step Functions tasks. */
export const batch = createHandleBatch({ handleSourceChange, makeThumbnail, presets, defaultBucket, timeoutMs, log })

/**
 * The `api` function: serves API Gateway (REST and HTTP APIs), function URLs and load balancers with the same app as
 * the container.
 */
export const api = http === undefined ? rejectHttp : await http.createApi(services, config)

/** Alias of `api`, the default handler name of Lambda. */
export const handler = api

async function rejectHttp (_event: APIGatewayProxyEvent, _context: Context): Promise<never> {
  throw new Error('this function serves no HTTP')
}
