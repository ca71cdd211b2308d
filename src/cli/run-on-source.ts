import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { startDeadline } from '../limits/deadline.ts'
import type { StoredSource, UploadedSource } from '../thumbnails/thumbnail.ts'
import { bringFile } from './file-source.ts'
import type { CommandService, CliContext } from './cli-context.ts'
import type { SourceArgument } from './source-argument.ts'

/** One source, ready to be asked about, and the time there is for it. */
export interface SourceTask {
  readonly source: StoredSource | UploadedSource
  readonly service: CommandService
  readonly signal: AbortSignal
}

/**
 * Opens the service and runs a task on one source, in the time of one request.
 *
 * @param keepsPicture whether what is made has to be in the store afterwards; else a file is worked on in a store
 * that goes with the command, unless the configuration names one
 */
export async function runOnSource<T> (
  cli: CliContext,
  argument: SourceArgument,
  { keepsPicture }: { readonly keepsPicture: boolean },
  task: (work: SourceTask) => Promise<T>
): Promise<T> {
  const config = cli.loadConfig()
  const interruption = cli.watchInterruption()
  const isPassing = argument.kind === 'file' && !keepsPicture && !cli.hasOwnStore()
  return await withStore(config, isPassing, async (chosen) => {
    const service = await cli.openService(chosen)
    try {
      return await withSource(
        service,
        argument,
        { maxBytes: config.maxUploadBytes, signal: interruption },
        async (source) => {
          const deadline = startDeadline(config.timeoutMs, interruption)
          try {
            return await task({ source, service, signal: deadline.signal })
          } catch (error) {
            // Node's streams wrap the reason of a signal in an AbortError.
            deadline.signal.throwIfAborted()
            throw error
          } finally {
            deadline.clear()
          }
        }
      )
    } finally {
      await service.close()
    }
  })
}

async function withStore<T> (config: Config, isPassing: boolean, task: (config: Config) => Promise<T>): Promise<T> {
  if (!isPassing) return await task(config)
  const localDir = await mkdtemp(join(config.scratchDir, 'posterframe-store-'))
  try {
    return await task({ ...config, localDir })
  } finally {
    await rm(localDir, { recursive: true, force: true })
  }
}

async function withSource<T> (
  { scratch }: CommandService,
  argument: SourceArgument,
  limits: { readonly maxBytes: number, readonly signal: AbortSignal },
  task: (source: StoredSource | UploadedSource) => Promise<T>
): Promise<T> {
  if (argument.kind === 'stored') return await task(argument)
  return await scratch.withDirectory(
    async (directory) => await task(await bringFile(argument.path, { ...limits, directory, scratch }))
  )
}
