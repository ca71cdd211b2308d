import type { Config } from '../config/config.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { DescribeSource } from '../thumbnails/use-cases/describe-source.ts'
import type { MakeBatch } from '../thumbnails/use-cases/make-batch.ts'
import type { MakeStoryboard } from '../thumbnails/storyboard.ts'
import type { MakeThumbnail } from '../thumbnails/thumbnail.ts'

/** The use cases, as a command needs them. */
export interface CommandService {
  readonly makeThumbnail: MakeThumbnail
  readonly makeBatch: MakeBatch
  readonly makeStoryboard: MakeStoryboard
  readonly describeSource: DescribeSource
  readonly store: ObjectStore
  readonly scratch: Pick<Scratch, 'withDirectory' | 'reserveSpace'>
  close(): Promise<void>
}

/** Text that goes somewhere; `isTTY` where somebody looks at it. */
export interface Output {
  write(text: string | Uint8Array): boolean
  readonly isTTY?: boolean
  readonly columns?: number
}

/** What the entry hands to the commands: all that they know of the process. */
export interface CliContext {
  readonly version: string
  readonly stdout: Output
  readonly stderr: Output
  /**
   * Reads the configuration of the service, once; nothing is read for help.
   *
   * @throws ConfigError
   */
  readonly loadConfig: () => Config
  /** Whether the configuration says where the store is, and it is not the default directory. */
  readonly hasOwnStore: () => boolean
  readonly openService: (config: Config) => Promise<CommandService>
  /**
   * Aborts at the first SIGINT or SIGTERM with an `InterruptedError`; the second ends the process. From then on they
   * are listened for.
   */
  readonly watchInterruption: () => AbortSignal
  /** Starts the server in this process, on another address where one is given. */
  readonly serve: (address: { readonly host?: string, readonly port?: string }) => Promise<void>
}

/** Why a command stopped that was told to. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  constructor () {
    super('it was interrupted')
  }
}

/** Prints an answer as the API would send it. */
export function printJson ({ stdout }: Pick<CliContext, 'stdout'>, answer: unknown): void {
  stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
}
