import type { Readable } from 'node:stream'
import type { Config } from '../config/config.ts'
import type { Check } from '../doctor/check.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { ObjectLocation, ObjectStore } from '../store/object-store.ts'
import type { DescribeSource } from '../thumbnails/use-cases/describe-source.ts'
import type { MakeBatch } from '../thumbnails/use-cases/make-batch.ts'
import type { MakePreview } from '../thumbnails/preview.ts'
import type { MakeStoryboard } from '../thumbnails/storyboard.ts'
import type { MakeThumbnail } from '../thumbnails/thumbnail.ts'

/** The use cases and resources that commands need. */
export interface CommandService {
  readonly makeThumbnail: MakeThumbnail
  readonly makeBatch: MakeBatch
  readonly makeStoryboard: MakeStoryboard
  readonly makePreview: MakePreview
  readonly describeSource: DescribeSource
  readonly store: ObjectStore
  readonly scratch: Pick<Scratch, 'withDirectory' | 'reserveSpace'>
  close(): Promise<void>
}

/** A stream that a command writes to. `isTTY` is true if it is a terminal. */
export interface Output {
  write(text: string | Uint8Array): boolean
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Standard input. `isTTY` is true if it is a terminal. */
export type Input = Readable & { readonly isTTY?: boolean }

/** Everything that commands know of the process. The entry passes it to them. */
export interface CliContext {
  readonly version: string
  /** The page for reports of bugs. */
  readonly bugsUrl: string
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  /**
   * Reads the configuration of the service, once. Commands that only print help never call it.
   *
   * @throws ConfigError
   */
  readonly loadConfig: () => Config
  /** Returns whether the configuration names a store, so that the default directory is not used. */
  readonly hasOwnStore: () => boolean
  readonly openService: (config: Config) => Promise<CommandService>
  /** Runs the checks of `posterframe doctor`, which need no service: it may be unable to start. */
  readonly runChecks: (
    config: Config,
    options: { readonly video: ObjectLocation | undefined, readonly signal: AbortSignal }
  ) => Promise<Check[]>
  /**
   * Starts to listen for SIGINT and SIGTERM. Returns a signal that the first of them aborts with an
   * `InterruptedError`; the second one ends the process.
   */
  readonly watchInterruption: () => AbortSignal
  /** Starts the server in this process. `host` and `port` override the configuration. */
  readonly serve: (address: { readonly host?: string, readonly port?: string }) => Promise<void>
}

/** The reason of the signal that aborts when the process is interrupted. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  constructor () {
    super('The command was interrupted.')
  }
}

/** Prints a response as the API would send it. */
export function printJson ({ stdout }: Pick<CliContext, 'stdout'>, response: unknown): void {
  stdout.write(`${JSON.stringify(response, null, 2)}\n`)
}
