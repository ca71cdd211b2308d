import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteReader } from '../../src/video/source/byte-source.ts'

/** A reader over bytes in memory that counts its reads. */
export interface CountingReader extends ByteReader {
  /** Every read, in order. */
  readonly reads: ReadonlyArray<{ readonly start: number, readonly end: number }>
  /** Bytes of all reads; those read twice count twice. */
  readonly bytesRead: number
  /** Number of reads that began while no other was in progress. */
  readonly roundTrips: number
}

/** Creates a reader over a buffer, or over the file at a path. */
export function createCountingReader (source: Buffer | string): CountingReader {
  const data = typeof source === 'string' ? readFileSync(source) : source
  const reads: Array<{ start: number, end: number }> = []
  let pending = 0
  let roundTrips = 0
  return {
    size: data.length,
    reads,
    get bytesRead () {
      return reads.reduce((sum, { start, end }) => sum + end - start, 0)
    },
    get roundTrips () {
      return roundTrips
    },
    read: async (start, end) => {
      if (!(start >= 0 && start <= end && end <= data.length)) {
        throw new RangeError(`${start} to ${end} is not within ${data.length}`)
      }
      reads.push({ start, end })
      if (pending++ === 0) roundTrips++
      await setImmediate()
      pending--
      return Buffer.from(data.subarray(start, end))
    }
  }
}
