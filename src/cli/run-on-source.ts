import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { startDeadline } from '../limits/deadline.ts'
import type { StoredSource, UploadedSource } from '../thumbnails/thumbnail.ts'
import { copyFileToScratch, copyInputToScratch } from './copy-to-scratch.ts'
import type { CliContext, CommandService } from './cli-context.ts'
import type { SourceArgument } from './source-argument.ts'

/** A source that is ready to be used, the service, and the signal that ends the task. */
export interface SourceTask {
  readonly source: StoredSource | UploadedSource
  readonly service: CommandService
  readonly signal: AbortSignal
}

/**
 * Opens the service and runs a task on one source, within the deadline of one request.
 *
 * @param savesOutput whether generated objects have to stay in the store. If not, and the source is not in the store,
 * and the configuration names no store, the service gets a temporary store that is removed after the task.
 */
export async function runOnSource<T> (
  cli: CliContext,
  argument: SourceArgument,
  { savesOutput }: { readonly savesOutput: boolean },
  task: (context: SourceTask) => Promise<T>
): Promise<T> {
  const config = cli.loadConfig()
  const interruption = cli.watchInterruption()
  const usesTemporaryStore = argument.kind !== 'stored' && !savesOutput && !cli.hasOwnStore()
  return await withStore(config, usesTemporaryStore, async (storeConfig) => {
    const service = await cli.openService(storeConfig)
    try {
      return await withSource(
        cli,
        service,
        argument,
        { maxBytes: config.maxUploadBytes, signal: interruption },
        async (source) => {
          const deadline = startDeadline(config.timeoutMs, interruption)
          try {
            return await task({ source, service, signal: deadline.signal })
          } catch (error) {
            // Node's streams wrap the reason of a signal in an AbortError. Throw the reason itself.
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

async function withStore<T> (config: Config, isTemporary: boolean, task: (config: Config) => Promise<T>): Promise<T> {
  if (!isTemporary) return await task(config)
  const localDir = await mkdtemp(join(config.scratchDir, 'posterframe-store-'))
  try {
    return await task({ ...config, localDir })
  } finally {
    await rm(localDir, { recursive: true, force: true })
  }
}

async function withSource<T> (
  { stdin }: Pick<CliContext, 'stdin'>,
  { scratch }: CommandService,
  argument: SourceArgument,
  limits: { readonly maxBytes: number, readonly signal: AbortSignal },
  task: (source: StoredSource | UploadedSource) => Promise<T>
): Promise<T> {
  if (argument.kind === 'stored') return await task(argument)
  return await scratch.withDirectory(async (directory) => {
    const context = { ...limits, directory, scratch }
    const copied =
      argument.kind === 'stdin'
        ? await copyInputToScratch(stdin, context)
        : await copyFileToScratch(argument.path, context)
    return await task(copied)
  })
}
