import type { encodeAnimation } from '../video/image/animation.ts'
import type { encodeImage } from '../video/image/encode-image.ts'
import type { createSheets } from '../video/image/sprite-sheet.ts'
import { lazyImport } from './lazy-import.ts'

/** The encoders, all of which use sharp. */
export interface Encoders {
  readonly encodeImage: typeof encodeImage
  readonly encodeAnimation: typeof encodeAnimation
  readonly createSheets: (...args: Parameters<typeof createSheets>) => Promise<ReturnType<typeof createSheets>>
}

/**
 * Returns the encoders. Loading sharp takes a tenth of a function's cold start, and a stored thumbnail needs no
 * encoder, so it is loaded with the first picture; `isEager` loads it at once and fails at the start if that fails.
 */
export async function loadEncoders ({ isEager }: { readonly isEager: boolean }): Promise<Encoders> {
  const image = lazyImport(async () => await import('../video/image/encode-image.ts'))
  const animation = lazyImport(async () => await import('../video/image/animation.ts'))
  const sheets = lazyImport(async () => await import('../video/image/sprite-sheet.ts'))
  if (isEager) await Promise.all([image(), animation(), sheets()])
  return {
    encodeImage: async (...args) => await (await image()).encodeImage(...args),
    encodeAnimation: async (...args) => await (await animation()).encodeAnimation(...args),
    createSheets: async (...args) => (await sheets()).createSheets(...args)
  }
}
