/**
 * Thrown if ranged extraction cannot guarantee the right frame. Triggers the full-download fallback and never reaches
 * the client; `message` is the reason for the log.
 */
export class RangedExtractionError extends Error {
  override readonly name = 'RangedExtractionError'
}
