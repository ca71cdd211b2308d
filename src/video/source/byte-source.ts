/** What was read of a source so far. */
export interface ReadStats {
  /** Bytes that really came, those of attempts that broke included. */
  readonly bytesRead: number
  /** Requests to the store; the parallel parts of one run count once, a part that is asked for again counts again. */
  readonly requests: number
}

/** Random access to the bytes of one version of a video: an object of the store, or a file on scratch. */
export interface ByteSource {
  /** Size of the whole. */
  readonly bytes: number
  readonly etag: string
  readonly stats: ReadStats
  /**
   * Exactly the bytes from `start` up to but not including `end`; what was read before may come from memory. The answer
   * may share that memory with other reads: nobody writes to it, and what shall outlive the request is copied.
   *
   * @throws PosterframeError `source_changed` where the version is no longer there, `store_unavailable` after retries,
   * `video_limits_exceeded` past the budget; RangeError where the range does not lie within the source
   */
  read(start: number, end: number): Promise<Buffer>
}

/**
 * Holds a range against a source of `bytes`.
 *
 * @throws RangeError where it is not one of whole numbers that lies within
 */
export function checkReadRange (start: number, end: number, bytes: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= bytes) return
  throw new RangeError(`The bytes ${start} to ${end} do not lie within a source of ${bytes}.`)
}

/** As much of a byte source as an index needs: exactly the bytes from `start` up to but not including `end`. */
export interface ByteReader {
  readonly bytes: number
  read(start: number, end: number): Promise<Buffer>
}
