import type { ExtractFrame } from './extract-frame.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/**
 * The fast way first, and the general way, once, wherever the fast one has a doubt. What the fast way knows to be
 * forbidden, encrypted or a bomb is refused without a second try.
 */
export function createExtractWithFallback ({
  extractRanged,
  extractFull
}: {
  readonly extractRanged: ExtractFrame
  readonly extractFull: ExtractFrame
}): ExtractFrame {
  return async (source, request, context) => {
    try {
      return await extractRanged(source, request, context)
    } catch (error) {
      if (!(error instanceof RangedExtractionError)) throw error
      context.note(`full download, since ${error.message}`)
    }
    return await extractFull(source, request, context)
  }
}
