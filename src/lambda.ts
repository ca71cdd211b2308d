import { setImmediate } from 'node:timers/promises'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { loadConfig } from './config/config.ts'
import { createHandleBatch } from './events/handle-batch.ts'
import { createHandleEvents } from './events/handle-events.ts'
import { createWriteLog } from './events/write-log.ts'
import { maskSecrets } from './http/hooks/mask-secrets.ts'
import { prepareMachine } from './runtime/prepare-machine.ts'
import { removeSecrets, scrubEnvironment } from './runtime/scrub-environment.ts'

scrubEnvironment(process.env)
const config = loadConfig(process.env)
const searchPath = process.env['PATH'] ?? ''
const awsCredentials = removeSecrets(process.env)
// ffmpeg is asked what it can while the rest is loaded.
const asked = Promise.withResolvers<void>()
const machine = prepareMachine(config, { searchPath, onAsked: asked.resolve })
machine.catch(asked.reject)
await asked.promise
// What was written to it leaves before this thread is busy.
await setImmediate()
// A function of events or of batches answers no HTTP, and its cold start need not load what does.
const isApi = !/\.(events|batch)$/.test(process.env['_HANDLER'] ?? '')
const [{ compose }, http] = await Promise.all([
  import('./compose.ts'),
  isApi ? import('./http/lambda/lambda-api.ts') : undefined
])
const services = await compose(config, {
  searchPath,
  publicUrl: () => config.publicUrl ?? '',
  awsCredentials,
  machine,
  isWatched: false
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
// Lambda gives the time to end in order only where an extension asked for it. An exit would wait for a thread of the
// runtime interface client, which waits for the next event; a second signal, which nobody takes, ends the process as
// the first would have.
process.once('SIGTERM', () => {
  void services.close().finally(() => process.kill(process.pid, 'SIGTERM'))
})

/** The `events` function: takes what S3 says of its objects, directly or through SQS, SNS and EventBridge. */
export const events = createHandleEvents({ handleMessage, concurrency: slots, timeoutMs, log })

/** The `batch` function: answers S3 Batch Operations and tasks of Step Functions. */
export const batch = createHandleBatch({ handleSourceChange, makeThumbnail, presets, defaultBucket, timeoutMs, log })

/**
 * The `api` function: answers API Gateway (REST and HTTP APIs), function URLs and load balancers with the same app as
 * the container.
 */
export const api = http === undefined ? assertHttpEvent : await http.createApi(services, config)

/** The same under the name that functions have had. */
export const handler = api

async function assertHttpEvent (_event: APIGatewayProxyEvent, _context: Context): Promise<never> {
  throw new Error('this function answers no HTTP')
}
