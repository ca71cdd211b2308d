import { createFfmpeg } from '../../src/video/decode/ffmpeg/ffmpeg.ts'
import { createLibav } from '../../src/video/decode/libav/libav.ts'
import type { Decoder } from '../../src/video/decode/decoder.ts'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { makeTestPool, NO_LIBAV } from './test-decoder.ts'
import { findTestFfmpeg } from './videos.ts'

/** A decoder, and the reason to skip its tests; false if they can run. */
export interface NamedDecoder {
  readonly name: string
  readonly skip: string | false
  readonly decoder: Decoder
}

/** Creates both decoders: the ffmpeg program, and libav, whose tests are skipped if its package is not installed. */
export async function makeBothDecoders (): Promise<NamedDecoder[]> {
  const path = await findTestFfmpeg()
  const ffmpeg = createFfmpeg({ path, missing: new Set(), isolation: NO_ISOLATION })
  return [
    { name: 'ffmpeg', skip: false, decoder: ffmpeg },
    { name: 'libav', skip: NO_LIBAV, decoder: NO_LIBAV === false ? createLibav(makeTestPool(), new Set()) : ffmpeg }
  ]
}
