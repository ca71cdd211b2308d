#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { runCommand } from './cli/program.ts'
import { InterruptedError } from './cli/cli-context.ts'
import { type Config, loadConfig, readPlatform } from './config/config.ts'
import { fixEncoderThreads } from './runtime/fix-encoder-threads.ts'
import { removeSecrets, scrubEnvironment } from './runtime/scrub-environment.ts'
import manifest from '../package.json' with { type: 'json' }
import type { AwsCredentials } from './store/s3/s3-client.ts'

// Frames are external memory, which triggers collections of V8's small heap: with the default factor at every third
// source of a backfill, with this one at every tenth, for 20 MB more.
setFlagsFromString('--heap-growing-percent=400')

// A backfill optimises throughput: with one more source at work than there are CPUs, two CPUs make 24 objects a second;
// with exactly two, 21.
const SPARE_SLOTS = 1

// The entry of the container: next to this module in src/, next to the bundle in dist/. It reads the environment
// itself.
const SERVER_URL = new URL(import.meta.url.endsWith('.ts') ? './server.ts' : './server.mjs', import.meta.url)

const searchPath = process.env['PATH'] ?? ''

let config: Config | undefined
let awsCredentials: AwsCredentials | undefined
let hasOwnStore = false
let interruption: AbortController | undefined

// The reader of the output may close the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})

process.exitCode = await runCommand(
  {
    version: manifest.version,
    bugsUrl: manifest.bugs.url,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    loadConfig: readConfig,
    hasOwnStore: () => hasOwnStore,
    openService: async (chosen) => {
      const { compose } = await import('./compose.ts')
      const publicUrl = () => buildPublicUrl(chosen)
      return await compose(chosen, { searchPath, publicUrl, awsCredentials, isLongLived: false })
    },
    runChecks: async (chosen, options) => {
      const [{ openStores }, { runChecks }] = await Promise.all([
        import('./open-stores.ts'),
        import('./doctor/run-checks.ts')
      ])
      const { store, probe } = await openStores(chosen, { publicUrl: () => buildPublicUrl(chosen), awsCredentials })
      const { AWS_PROFILE: profile } = process.env
      return await runChecks({ config: chosen, store, probe, searchPath, profile, ...options })
    },
    watchInterruption,
    serve: async ({ host, port }) => {
      if (host !== undefined) process.env['POSTERFRAME_HOST'] = host
      if (port !== undefined) process.env['POSTERFRAME_PORT'] = port
      // The arguments of this command are not those of the server.
      process.argv.splice(2)
      await import(SERVER_URL.href)
    }
  },
  process.argv.slice(2)
)

function readConfig (): Config {
  if (config !== undefined) return config
  scrubEnvironment(process.env)
  fixEncoderThreads(process.env)
  config = loadConfig(process.env, { ...readPlatform(process.env), spareSlots: SPARE_SLOTS })
  hasOwnStore = config.store === 's3' || (process.env['POSTERFRAME_LOCAL_DIR'] ?? '') !== ''
  awsCredentials = removeSecrets(process.env)
  return config
}

function buildPublicUrl ({ publicUrl, host, port }: Config): string {
  return publicUrl ?? `http://${host}:${port}`
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
