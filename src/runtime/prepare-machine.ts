import type { Config } from '../config/config.ts'
import { createScratch, type Scratch } from '../limits/scratch.ts'
import type { Recorder } from '../telemetry/recorder.ts'
import { chooseDecoder, type ChosenDecoder } from '../video/decode/choose-decoder.ts'
import { findIsolation } from '../sandbox/find-isolation.ts'
import type { Isolation } from '../sandbox/isolation.ts'

/** The machine's resources that the service uses. */
export interface Machine {
  readonly scratch: Scratch
  readonly isolation: Isolation
  readonly decoder: ChosenDecoder
}

/** Inputs that differ per entry point. */
export interface MachineContext {
  /** The value of `PATH`. */
  readonly searchPath: string
  readonly recorder?: Recorder | undefined
  /** True to start at once what the process will need later, unless the configuration says otherwise. */
  readonly isEager: boolean
  /** Called once the decoder has been started, while it answers. */
  readonly onAsked?: () => void
}

/**
 * Sweeps scratch, and finds the isolation and the decoder, which requires running other programs. This module loads
 * little code, so that a cold start can load the rest while they run.
 *
 * @throws Error with a message for the operator if scratch, the isolation or the decoder cannot be used
 */
export async function prepareMachine (
  config: Config,
  { searchPath, recorder, isEager, onAsked }: MachineContext
): Promise<Machine> {
  const scratch = await createScratch({ root: config.scratchDir })
  await scratch.sweep()
  const signal = AbortSignal.timeout(config.timeoutMs)
  const isolation = await scratch.withDirectory((directory) =>
    findIsolation({ level: config.isolation, searchPath }, { directory, signal })
  )
  const decoder = await scratch.withDirectory(async (directory) => {
    const choice = chooseDecoder(
      {
        requested: config.decoder,
        places: { configured: config.ffmpegPath, searchPath },
        slots: config.slots,
        workerJobs: config.decoderWorkerJobs,
        isWarm: config.decoderWarmup ?? isEager,
        isolation,
        openHome: () => scratch.openDirectory(),
        ...(recorder === undefined ? {} : { recorder })
      },
      { directory, signal }
    )
    onAsked?.()
    return await choice
  })
  return { scratch, isolation, decoder }
}
