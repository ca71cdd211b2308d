import { availableParallelism, tmpdir } from 'node:os'
import t from 'tap'
import { createFfmpeg } from '../../src/video/decode/ffmpeg/ffmpeg.ts'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { hasLibav } from '../../src/video/decode/libav/libav-binding.ts'
import { createLibavPool, type LibavPool, type LibavPoolSettings } from '../../src/video/decode/libav/libav-pool.ts'
import { startLibavProcess } from '../../src/video/decode/libav/libav-process.ts'
import { createLibav } from '../../src/video/decode/libav/libav.ts'
import { findTestFfmpeg } from './videos.ts'
import type { Decoder } from '../../src/video/decode/decoder.ts'

/** The reason to skip tests that need libav, for tap's `skip`; false if they can run. */
export const NO_LIBAV: string | false = hasLibav() ? false : 'the optional package with libav is not installed'

/** Creates a pool of workers that is closed after the test. */
export function makeTestPool (settings: Partial<LibavPoolSettings> = {}): LibavPool {
  const pool = createLibavPool({
    size: availableParallelism(),
    start: () => startLibavProcess({ home: tmpdir(), isolation: NO_ISOLATION }),
    ...settings
  })
  t.teardown(() => pool.close())
  return pool
}

/**
 * Creates the decoder under test: libav with `POSTERFRAME_DECODER=libav npm test`, and otherwise the ffmpeg program.
 */
export async function makeTestDecoder (): Promise<Decoder> {
  if (process.env['POSTERFRAME_DECODER'] === 'libav') return createLibav(makeTestPool(), new Set())
  return createFfmpeg({ path: await findTestFfmpeg(), missing: new Set(), isolation: NO_ISOLATION })
}
