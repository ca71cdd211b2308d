const MIB = 2 ** 20
/** As many as S3 takes. */
export const MAX_PARTS = 10_000
/** As large as an object of S3 can be: 5 TiB. */
export const MAX_OBJECT_BYTES = 5 * 2 ** 40
/** As much as S3 takes in one piece: 5 GiB. */
export const MAX_FORM_BYTES = 5 * 2 ** 30
// Small enough to be sent again on a bad line, large enough that the requests do not cost more than the bytes; S3's
// own least is 5 MiB.
const MIN_PART_BYTES = 16 * MIB

/** How a file is cut: parts of `partBytes`, the last of what is left. */
export interface PartPlan {
  readonly partBytes: number
  /** 1 to 10,000. */
  readonly partCount: number
}

/** Cuts a file of `bytes`, 1 to 5 TiB, into parts as S3 takes them. */
export function choosePartSize (bytes: number): PartPlan {
  const partBytes = Math.max(MIN_PART_BYTES, Math.ceil(bytes / MAX_PARTS / MIB) * MIB)
  return { partBytes, partCount: Math.ceil(bytes / partBytes) }
}

/** How long part `number`, from 1, of a file of `bytes` is. */
export function measurePart (bytes: number, partBytes: number, number: number): number {
  return Math.min(partBytes, bytes - (number - 1) * partBytes)
}
