import { WANTED_DECODERS, WANTED_FILTERS } from '../ffmpeg/find-ffmpeg.ts'
import { hasLibav } from './libav-binding.ts'
import type { LibavPool } from './libav-pool.ts'
import type { LibavProcess } from './libav-process.ts'

/** The libav that the workers have loaded. */
export interface FoundLibav {
  /** As it names itself, such as `8.1-Jellyfin`. */
  readonly version: string
  /** Which of the filters and decoders that Posterframe may want it lacks. */
  readonly missing: ReadonlySet<string>
}

const LIMITS = { cpuSeconds: 10, memoryBytes: 2 ** 30 }
const MAX_BYTES = 64 * 1024

/**
 * Asks a worker for its libav, which it can only tell if it runs.
 *
 * @throws Error with a sentence for the operator where the package is not there, or does not load on this machine
 */
export async function askLibav (
  pool: LibavPool,
  context: { signal: AbortSignal, directory: string }
): Promise<FoundLibav> {
  if (!hasLibav()) {
    throw new Error(
      'The package with libav is not installed on this machine: npm install, or set POSTERFRAME_DECODER=ffmpeg.'
    )
  }
  const { version, missing } = await pool
    .withWorker(context.signal, (worker) => ask(worker, context))
    .catch((cause: unknown) => {
      throw new Error('The package with libav does not load on this machine.', { cause })
    })
  return { version, missing: new Set(missing) }
}

/** As `askLibav`, of one worker. */
export async function ask (worker: LibavProcess, { signal, directory }: { signal: AbortSignal, directory: string }) {
  const task = { kind: 'about', filters: WANTED_FILTERS, decoders: WANTED_DECODERS } as const
  const { head } = await worker.run(task, { signal, directory, limits: LIMITS, maxBytes: MAX_BYTES, onLine: () => {} })
  if (head.kind !== 'about') throw new Error(head.kind === 'failure' ? head.reason : 'the wrong answer')
  return head
}
