import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScratchDirectory } from '../../limits/scratch.ts'
import { NO_RECORDER, type Recorder } from '../../telemetry/recorder.ts'
import { createFfmpeg } from './ffmpeg/ffmpeg.ts'
import type { Isolation } from '../../sandbox/isolation.ts'
import { findFfmpeg, type FfmpegPlaces, readVersion } from './ffmpeg/find-ffmpeg.ts'
import { ask, askLibav } from './libav/find-libav.ts'
import { createLibav } from './libav/libav.ts'
import { hasLibav } from './libav/libav-binding.ts'
import { createLibavPool } from './libav/libav-pool.ts'
import { type LibavProcess, startLibavProcess } from './libav/libav-process.ts'
import { recordWorker } from './libav/recorded-worker.ts'
import type { Decoder } from './decoder.ts'

/** The chosen decoder and its state. */
export interface ChosenDecoder {
  readonly decoder: Decoder
  /** Name, version and missing parts, for the operator. */
  readonly description: string
  /** Rejects if it does not run. */
  check(context: DecoderContext): Promise<void>
  /** Ends its worker processes. */
  close(): Promise<void>
}

/** Context of the checks. */
export interface DecoderContext {
  readonly signal: AbortSignal
  readonly directory: string
}

/** Configured decoder, and the resources that it may use. */
export interface DecoderSettings {
  /** Undefined: the library if it is installed and loads, else the program. */
  readonly requested: 'ffmpeg' | 'libav' | undefined
  readonly places: FfmpegPlaces
  /** Number of concurrent decodes. */
  readonly slots: number
  /** Number of jobs after which a worker is replaced; `LibavPoolSettings` has the default. */
  readonly workerJobs?: number
  /** True to start the workers now. */
  readonly isWarm: boolean
  readonly isolation: Isolation
  /** Creates a directory for workers, if any are started. */
  readonly openHome: () => Promise<ScratchDirectory>
  readonly recorder?: Recorder
}

/**
 * Finds the decoder: a program that is started for every task, or workers that have loaded FFmpeg's libraries.
 *
 * @throws Error with a sentence for the operator if none runs
 */
export async function chooseDecoder (settings: DecoderSettings, context: DecoderContext): Promise<ChosenDecoder> {
  if (settings.requested === 'libav') return await createWorkers(settings, context)
  if (settings.requested === 'ffmpeg' || !hasLibav()) return await findProgram(settings, context)
  try {
    return await createWorkers(settings, context)
  } catch (error) {
    context.signal.throwIfAborted()
    // Such as a machine whose C library is older than the module needs.
    const program = await findProgram(settings, context).catch(() => undefined)
    if (program === undefined) throw error
    return { ...program, description: `${program.description}, because libav is installed but does not load` }
  }
}

async function findProgram (
  { places, isolation, recorder }: DecoderSettings,
  context: DecoderContext
): Promise<ChosenDecoder> {
  const { path, version, missing, cropsByContainer } = await findFfmpeg(places, { ...context, isolation })
  return {
    decoder: createFfmpeg({
      path,
      missing,
      cropsByContainer,
      isolation,
      ...(recorder === undefined ? {} : { recorder })
    }),
    description: describe(`ffmpeg ${version}`, missing),
    async check (moment) {
      await readVersion(path, { ...moment, isolation })
    },
    async close () {}
  }
}

async function createWorkers (
  { slots, workerJobs, isWarm, isolation, openHome, recorder = NO_RECORDER }: DecoderSettings,
  context: DecoderContext
): Promise<ChosenDecoder> {
  const home = await openHome()
  const pool = createLibavPool({
    size: slots,
    ...(workerJobs === undefined ? {} : { maxJobs: workerJobs }),
    start: () => recordWorker(startAtHome(home.path, isolation), recorder),
    onEnd: (reason) => {
      recorder.countWorkerEnd(reason)
    }
  })
  const close = async () => {
    await pool.close()
    await home.close()
  }
  const { version, missing } = await askLibav(pool, context).catch(async (error: unknown) => {
    await close()
    throw error
  })
  if (isWarm) await pool.warmUp((worker) => ask(worker, context))
  return {
    decoder: createLibav(pool, missing),
    description: describe(`libav ${version}`, missing),
    // A busy worker proves that the decoder runs, and a readiness check must not wait for it.
    async check (moment) {
      if (!pool.isBusy) await askLibav(pool, moment)
    },
    close
  }
}

/** Starts a worker with a directory of its own, which is removed when the worker has ended. */
function startAtHome (parent: string, isolation: Isolation): LibavProcess {
  const home = mkdtempSync(join(parent, 'worker-'))
  const worker = startLibavProcess({ home, isolation })
  // A directory that cannot be removed now is removed with its parent.
  void worker.ended.then(() => rm(home, { recursive: true, force: true })).catch(() => undefined)
  return worker
}

function describe (version: string, missing: ReadonlySet<string>): string {
  return missing.size === 0 ? version : `${version}, without ${[...missing].join(', ')}`
}
