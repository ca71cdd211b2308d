/** Reads of a source so far. */
export interface ReadStats {
  /** Bytes received, including those of attempts that failed. */
  readonly bytesRead: number
  /** Requests to the store. The parallel parts of one read count once; each retry of a part counts again. */
  readonly requests: number
}

/** Random access to the bytes of a video: as much of a `ByteSource` as an index needs. */
export interface ByteReader {
  /** Size of the whole, in bytes. */
  readonly size: number
  /** Returns exactly the bytes from `start` up to but not including `end`. */
  read(start: number, end: number): Promise<Buffer>
}

/** Random access to the bytes of one version of a video: an object in the store, or a file on scratch. */
export interface ByteSource extends ByteReader {
  readonly etag: string
  readonly stats: ReadStats
  /**
   * Returns exactly the bytes from `start` up to but not including `end`, from memory if they were read before. The
   * buffer may share its memory with other reads: callers do not write to it, and copy what outlives the request.
   *
   * @throws PosterframeError `source_changed` if this version is gone, `store_unavailable` after retries,
   * `video_limits_exceeded` past the budget; RangeError if the range is not within the source
   */
  read(start: number, end: number): Promise<Buffer>
}

/**
 * Checks a range against the size of its source.
 *
 * @throws RangeError if its ends are not whole numbers, or it is not within the source
 */
export function assertReadRange (start: number, end: number, size: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) return
  throw new RangeError(`Bytes ${start} to ${end} are not within a source of ${size} bytes.`)
}
