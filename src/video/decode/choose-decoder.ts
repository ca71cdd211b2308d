import { mkdtempSync } from 'node:fs'
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
import { startLibavProcess } from './libav/libav-process.ts'
import { recordWorker } from './libav/recorded-worker.ts'
import type { Decoder } from './decoder.ts'

/** What decodes, and how it is. */
export interface ChosenDecoder {
  readonly decoder: Decoder
  /** Which it is, its version and what it lacks, for the operator. */
  readonly description: string
  /** Rejects where it does not run. */
  check(context: DecoderContext): Promise<void>
  /** Ends what it keeps running. */
  close(): Promise<void>
}

/** What the questions of one moment share. */
export interface DecoderContext {
  readonly signal: AbortSignal
  readonly directory: string
}

/** Which decoder is wished for, and what it may use. */
export interface DecoderSettings {
  /** Undefined: the program where there is one, else the library. */
  readonly wished: 'ffmpeg' | 'libav' | undefined
  readonly places: FfmpegPlaces
  /** How many decodes run at once. */
  readonly slots: number
  /** Whether workers are started now. */
  readonly isWarm: boolean
  readonly isolation: Isolation
  /** Makes a directory where workers live, if any are started. */
  readonly openHome: () => Promise<ScratchDirectory>
  readonly recorder?: Recorder
}

/**
 * Finds the decoder: a program that is started for every task, or workers with FFmpeg's libraries in them.
 *
 * @throws Error with a sentence for the operator where there is none that runs
 */
export async function chooseDecoder (settings: DecoderSettings, context: DecoderContext): Promise<ChosenDecoder> {
  if (settings.wished === 'libav') return await createWorkers(settings, context)
  try {
    return await findProgram(settings, context)
  } catch (error) {
    // A program that was named and does not run is a mistake, not a reason to take another one.
    if (settings.wished === 'ffmpeg' || settings.places.configured !== undefined || !hasLibav()) throw error
    return await createWorkers(settings, context)
  }
}

async function findProgram (
  { places, isolation, recorder }: DecoderSettings,
  context: DecoderContext
): Promise<ChosenDecoder> {
  const { path, version, missing } = await findFfmpeg(places, { ...context, isolation })
  return {
    decoder: createFfmpeg({ path, missing, isolation, ...(recorder === undefined ? {} : { recorder }) }),
    description: describe(`ffmpeg ${version}`, missing),
    async check (moment) {
      await readVersion(path, { ...moment, isolation })
    },
    async close () {}
  }
}

async function createWorkers (
  { slots, isWarm, isolation, openHome, recorder = NO_RECORDER }: DecoderSettings,
  context: DecoderContext
): Promise<ChosenDecoder> {
  const home = await openHome()
  const pool = createLibavPool({
    size: slots,
    start: () =>
      recordWorker(startLibavProcess({ home: mkdtempSync(join(home.path, 'worker-')), isolation }), recorder),
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
    // One that works is an answer, and a probe is to wait for none.
    async check (moment) {
      if (!pool.isBusy) await askLibav(pool, moment)
    },
    close
  }
}

function describe (version: string, missing: ReadonlySet<string>): string {
  return missing.size === 0 ? version : `${version}, without ${[...missing].join(', ')}`
}
