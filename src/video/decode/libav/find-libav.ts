import { WANTED_DECODERS, WANTED_FILTERS } from '../ffmpeg/find-ffmpeg.ts'
import { hasLibav } from './libav-binding.ts'
import type { LibavPool } from './libav-pool.ts'
import type { LibavProcess } from './libav-process.ts'

/** The libav version that the workers have loaded. */
export interface FoundLibav {
  /** Version string, such as `8.1-Jellyfin`. */
  readonly version: string
  /** Optional filters and decoders that are missing. */
  readonly missing: ReadonlySet<string>
}

const LIMITS = { cpuSeconds: 10, memoryBytes: 2 ** 30 }
const MAX_BYTES = 64 * 1024

/**
 * Asks a worker for the version of its libav, which proves that it runs.
 *
 * @throws Error with a sentence for the operator if the package is missing or does not load on this machine
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
      throw new Error(
        'The package with libav does not load on this machine: set POSTERFRAME_DECODER=ffmpeg and install ffmpeg.',
        { cause }
      )
    })
  return { version, missing: new Set(missing) }
}

/** Asks one worker, for `askLibav`. */
export async function ask (worker: LibavProcess, { signal, directory }: { signal: AbortSignal, directory: string }) {
  const task = { kind: 'about', filters: WANTED_FILTERS, decoders: WANTED_DECODERS } as const
  const { head } = await worker.run(task, { signal, directory, limits: LIMITS, maxBytes: MAX_BYTES, onLine: () => {} })
  if (head.kind !== 'about') throw new Error(head.kind === 'failure' ? head.reason : 'unexpected response')
  return head
}
