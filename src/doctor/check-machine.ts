import type { Config } from '../config/config.ts'
import { createScratch, type Scratch } from '../limits/scratch.ts'
import { findIsolation } from '../sandbox/find-isolation.ts'
import type { Isolation } from '../sandbox/isolation.ts'
import { chooseDecoder } from '../video/decode/choose-decoder.ts'
import { type Check, failed, formatBytes, passed, warned } from './check.ts'

/** Free space that every extraction needs. */
const MIN_FREE_BYTES = 256 * 2 ** 20

/** Where the programs of the machine are. */
export interface MachineCheckOptions {
  /** The value of `PATH`. */
  readonly searchPath: string
  readonly signal: AbortSignal
}

/** Checks the scratch directory, the isolation of decoders and the decoder. */
export async function checkMachine (config: Config, options: MachineCheckOptions): Promise<Check[]> {
  const { scratch, check } = await openScratch(config)
  // Both need a directory on scratch.
  if (scratch === undefined) return [check]
  const { isolation, check: isolationCheck } = await checkIsolation(config, scratch, options)
  const decoderCheck = isolation === undefined ? [] : [await checkDecoder(config, { scratch, isolation, ...options })]
  return [check, isolationCheck, ...decoderCheck]
}

async function openScratch ({
  scratchDir,
  maxSourceBytes
}: Config): Promise<{ readonly scratch?: Scratch, readonly check: Check }> {
  try {
    const scratch = await createScratch({ root: scratchDir })
    await scratch.check()
    const { freeBytes } = await scratch.measure()
    return { scratch, check: checkSpace(scratchDir, freeBytes, maxSourceBytes) }
  } catch (error) {
    return {
      check: failed('scratch', {
        detail: `Files cannot be written to ${scratchDir}: ${describe(error)}.`,
        nextStep: 'Set POSTERFRAME_SCRATCH_DIR to a directory that the user of the service can write to.'
      })
    }
  }
}

/** Compares the free space of scratch with what one job may need. */
export function checkSpace (directory: string, freeBytes: number, maxSourceBytes: number): Check {
  const detail = `${directory} is writable and has ${formatBytes(freeBytes)} of free space`
  const nextStep = 'Free space, or set POSTERFRAME_SCRATCH_DIR to a directory on a larger disk'
  if (freeBytes < MIN_FREE_BYTES) {
    return failed('scratch', { detail: `${detail}, too little for any video.`, nextStep: `${nextStep}.` })
  }
  if (freeBytes < maxSourceBytes) {
    return warned('scratch', {
      detail: `${detail}, less than the ${formatBytes(maxSourceBytes)} that one full download may take.`,
      nextStep: `${nextStep}, or lower POSTERFRAME_MAX_SOURCE_BYTES.`
    })
  }
  return passed('scratch', `${detail}.`)
}

async function checkIsolation (
  { isolation: level }: Config,
  scratch: Scratch,
  { searchPath, signal }: MachineCheckOptions
): Promise<{ readonly isolation?: Isolation, readonly check: Check }> {
  try {
    const isolation = await scratch.withDirectory((directory) =>
      findIsolation({ level, searchPath }, { directory, signal })
    )
    return { isolation, check: rateIsolation(isolation) }
  } catch (error) {
    return {
      check: failed('isolation', {
        detail: describe(error),
        nextStep: 'Install bubblewrap and allow user namespaces, or set POSTERFRAME_ISOLATION=best-effort.'
      })
    }
  }
}

/** Rates an isolation: only bubblewrap hides the files of the machine from a decoder. */
export function rateIsolation ({ hidesFiles, description }: Pick<Isolation, 'hidesFiles' | 'description'>): Check {
  if (hidesFiles) return passed('isolation', `Decoders are isolated by ${description}.`)
  return warned('isolation', {
    detail: `Decoders could read files of this service if a video took one over (${description}).`,
    nextStep: 'Install bubblewrap and allow user namespaces; docs/security.md describes both for containers.'
  })
}

async function checkDecoder (
  config: Config,
  { scratch, isolation, searchPath, signal }: MachineCheckOptions & {
    readonly scratch: Scratch
    readonly isolation: Isolation
  }
): Promise<Check> {
  try {
    return await scratch.withDirectory(async (directory) => {
      const context = { directory, signal }
      const decoder = await chooseDecoder(
        {
          requested: config.decoder,
          places: { configured: config.ffmpegPath, searchPath },
          slots: 1,
          isWarm: false,
          isolation,
          openHome: () => scratch.openDirectory()
        },
        context
      )
      try {
        await decoder.check(context)
        return passed('decoder', `${decoder.description} decodes.`)
      } finally {
        await decoder.close()
      }
    })
  } catch (error) {
    return failed('decoder', {
      detail: `No decoder runs: ${describe(error)}`,
      nextStep: 'Run npm install, which brings libav, or install ffmpeg or correct FFMPEG_PATH.'
    })
  }
}

function describe (error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
