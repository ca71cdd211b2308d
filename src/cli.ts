#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { runCommand } from './cli/program.ts'
import { InterruptedError } from './cli/cli-context.ts'
import { type Config, loadConfig, readPlatform } from './config/config.ts'
import type { AwsCredentials } from './store/s3/s3-store.ts'
import { removeSecrets, scrubEnvironment } from './runtime/scrub-environment.ts'
import manifest from '../package.json' with { type: 'json' }

// Frames lie outside of V8's heap, which is small beside them, and count for when it is collected: with its own
// factor that is every third source of a backfill, and with this one every tenth, for 20 MB more.
setFlagsFromString('--heap-growing-percent=400')

// Nobody waits for one source of a backfill: with one more in work than there are processors it makes 24 objects a
// second on two, with as many 21.
const SPARE_SLOTS = 1

// Beside this module in the sources, beside the bundle in dist/: the server is that of the container, and reads what
// it needs itself.
const SERVER_URL = new URL(import.meta.url.endsWith('.ts') ? './server.ts' : './server.mjs', import.meta.url)

let config: Config | undefined
let awsCredentials: AwsCredentials | undefined
let hasOwnStore = false
let interruption: AbortController | undefined

// Whoever reads the output may have enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})

process.exitCode = await runCommand(
  {
    version: manifest.version,
    stdout: process.stdout,
    stderr: process.stderr,
    loadConfig: readConfig,
    hasOwnStore: () => hasOwnStore,
    openService: async (chosen) => {
      const { compose } = await import('./compose.ts')
      const publicUrl = () => chosen.publicUrl ?? `http://${chosen.host}:${chosen.port}`
      return await compose(chosen, {
        searchPath: process.env['PATH'] ?? '',
        publicUrl,
        awsCredentials,
        isWatched: false
      })
    },
    watchInterruption,
    serve: async ({ host, port }) => {
      if (host !== undefined) process.env['POSTERFRAME_HOST'] = host
      if (port !== undefined) process.env['POSTERFRAME_PORT'] = port
      // The words of this command are none of the server's.
      process.argv.splice(2)
      await import(SERVER_URL.href)
    }
  },
  process.argv.slice(2)
)

function readConfig (): Config {
  if (config !== undefined) return config
  scrubEnvironment(process.env)
  config = loadConfig(process.env, { ...readPlatform(process.env), spareSlots: SPARE_SLOTS })
  hasOwnStore = config.store === 's3' || (process.env['POSTERFRAME_LOCAL_DIR'] ?? '') !== ''
  awsCredentials = removeSecrets(process.env)
  return config
}

function watchInterruption (): AbortSignal {
  if (interruption !== undefined) return interruption.signal
  const controller = (interruption = new AbortController())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort(new InterruptedError())
    })
  }
  return controller.signal
}
