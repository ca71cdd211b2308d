import type { ExtractFrame } from './extract-frame.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/**
 * Tries ranged extraction; falls back to a full download, once, on `RangedExtractionError`. Errors that ranged
 * extraction is certain about (forbidden, encrypted, a bomb) are thrown without a second attempt.
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
      context.note(`full download, because ${error.message}`)
    }
    return await extractFull(source, request, context)
  }
}
