/** One request and its response, as they passed the proxy; times in milliseconds since 1970. */
export interface Exchange {
  readonly method: string
  readonly path: string
  /** First and last byte requested; null without a range or with an open one. */
  readonly range: readonly [first: number, last: number] | null
  readonly startMs: number
  /** When the first byte of the response was passed on; 0 if there was none. */
  firstByteMs: number
  endMs: number
  /** Bytes of the response that left the store, including the head, even if the client had closed the connection. */
  bytes: number
}

/** The load of one thumbnail on the store. */
export interface Traffic {
  /** Methods of all requests, in order. */
  readonly methods: string
  /** All bytes that left the store. */
  readonly bytes: number
  /** Requests before the thumbnail was put. */
  readonly requests: number
  /** The same requests, with concurrent requests for adjacent byte ranges counted as one. */
  readonly mergedRequests: number
  /** The merged requests that read the video; the others (HEAD) look for a stored thumbnail. */
  readonly videoReads: number
  /** Length of the chain of requests that each waited for the response before. */
  readonly roundTrips: number
}

/** Sums up the exchanges of one thumbnail. */
export function summarizeTraffic (exchanges: readonly Exchange[]): Traffic {
  const sorted = [...exchanges].sort((one, other) => one.startMs - other.startMs)
  const before = sorted.filter(({ method }) => method !== 'PUT')
  const merged = before.filter((exchange) => !before.some((earlier) => isContinuedBy(earlier, exchange)))
  return {
    methods: sorted.map(({ method }) => method).join(' '),
    bytes: exchanges.reduce((sum, { bytes }) => sum + bytes, 0),
    requests: before.length,
    mergedRequests: merged.length,
    videoReads: merged.filter(({ method }) => method === 'GET').length,
    roundTrips: countRoundTrips(before)
  }
}

/** Returns whether `next` continues the byte range of `one` in the same object while `one` is still running. */
function isContinuedBy (one: Exchange, next: Exchange): boolean {
  if (one === next || one.range === null || next.range === null || one.path.split('?')[0] !== next.path.split('?')[0]) {
    return false
  }
  return one.range[1] + 1 === next.range[0] && one.startMs < next.endMs && next.startMs < one.endMs
}

function countRoundTrips (exchanges: readonly Exchange[]): number {
  let count = 0
  let answeredMs = -Infinity
  for (const { startMs, firstByteMs } of exchanges) {
    if (startMs < answeredMs) continue
    count += 1
    answeredMs = firstByteMs
  }
  return count
}
