/**
 * The fast way meets something that it does not know to be plain, and leaves the video to the general way. Not an
 * error for the sender: `message` says why, for the log and the tables of what falls back.
 */
export class RangedExtractionError extends Error {
  override readonly name = 'RangedExtractionError'
}
