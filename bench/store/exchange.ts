/** One request and its response as they crossed the proxy; times in milliseconds since 1970. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly range: readonly [first: number, last: number] | null
  readonly startMs: number
  /** When the first byte of the response went on; 0 where none did. */
  firstByteMs: number
  endMs: number
  /** Bytes of the response that left the store, head included, whether or not the reader had hung up. */
  bytes: number
}

/** What a way cost the store. */
export interface Traffic {
  /** The methods of all requests in their order. */
  readonly methods: string
  /** All bytes that left the store. */
  readonly bytes: number
  /** Requests before the picture was put, each by itself. */
  readonly requests: number
  /** The same where parts of one run of bytes that were asked for at the same time count once. */
  readonly runs: number
  /** Those of the runs that read the video; the others (HEAD) ask whether the picture is there already. */
  readonly reads: number
  /** How many of them waited for the answer of another: the round trips in a row. */
  readonly roundTrips: number
}

/** Sums up what one way did, in the order it was seen. */
export function summarizeTraffic (exchanges: readonly Exchange[]): Traffic {
  const sorted = [...exchanges].sort((one, other) => one.startMs - other.startMs)
  const before = sorted.filter(({ method }) => method !== 'PUT')
  const runs = before.filter((exchange) => !before.some((earlier) => isContinuedBy(earlier, exchange)))
  return {
    methods: sorted.map(({ method }) => method).join(' '),
    bytes: exchanges.reduce((sum, { bytes }) => sum + bytes, 0),
    requests: before.length,
    runs: runs.length,
    reads: runs.filter(({ method }) => method === 'GET').length,
    roundTrips: countRoundTrips(before)
  }
}

/** Whether `next` is a part of the same run of bytes: it begins where `one` ends, and they were under way together. */
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
