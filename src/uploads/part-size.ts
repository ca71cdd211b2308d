const MIB = 2 ** 20
/** Parts of a multipart upload of S3, at most. */
const MAX_PARTS = 10_000
/** Size of an object of S3, at most: 5 TiB. */
export const MAX_OBJECT_BYTES = 5 * 2 ** 40
/** Size of a file that S3 takes in one request, at most: 5 GiB. */
export const MAX_SINGLE_BYTES = 5 * 2 ** 30
/**
 * Size of a part, at least: small enough to retry on a bad connection, large enough that requests do not cost more than
 * bytes. S3 requires 5 MiB.
 */
const MIN_PART_BYTES = 16 * MIB

/** Size and number of the parts of a file; the last part has the rest. */
export interface PartSize {
  readonly partBytes: number
  /** 1 to 10,000. */
  readonly partCount: number
}

/** Chooses the size of the parts of a file of `bytes`, 1 to 5 TiB, within the limits of S3. */
export function choosePartSize (bytes: number): PartSize {
  const partBytes = Math.max(MIN_PART_BYTES, Math.ceil(bytes / MAX_PARTS / MIB) * MIB)
  return { partBytes, partCount: Math.ceil(bytes / partBytes) }
}

/** Returns the size of part `number`, counted from 1, of a file of `bytes`. */
export function measurePart (bytes: number, partBytes: number, number: number): number {
  return Math.min(partBytes, bytes - (number - 1) * partBytes)
}
