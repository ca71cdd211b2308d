import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createStepClock } from '../../src/telemetry/step-clock.ts'
import type { ExtractFrame, FrameRequest } from '../../src/video/extract/extract-frame.ts'
import type { ExtractedFrame } from '../../src/video/media/frame.ts'
import { openFileSource } from '../../src/video/source/file-byte-source.ts'

/** Largest frame that is decoded, the default of the service. */
export const MAX_PIXELS = 36_000_000
/** Below this PSNR, in dB, two pictures are not the same. */
export const MIN_PSNR = 50

const TIMEOUT_MS = 120_000

/** Extracts a frame of a local file, in a temporary directory below `scratch`. */
export async function extractFromFile (
  extract: ExtractFrame,
  path: string,
  request: FrameRequest,
  scratch: string
): Promise<ExtractedFrame> {
  const directory = await mkdtemp(join(scratch, 'target-'))
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const reader = await openFileSource(path, { etag: path, signal })
  try {
    return await extract({ name: path, reader, stage: async () => path }, request, {
      signal,
      directory,
      steps: createStepClock(),
      inSlot: (task) => task(),
      note () {}
    })
  } finally {
    await reader.close()
    await rm(directory, { recursive: true, force: true })
  }
}
