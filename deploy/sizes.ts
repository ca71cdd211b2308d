import type { RoleName } from './policy.ts'

/** How large one function is, and how long it may take. */
export interface FunctionSize {
  readonly memoryMib: number
  readonly timeoutSeconds: number
  /** For one thumbnail; a request of HTTP or a message has no more. */
  readonly thumbnailTimeoutMs: number
  /** Lambda's /tmp. */
  readonly scratchMib: number
  /** The largest video that is read whole; has to fit on scratch, with room for a clip and a picture beside it. */
  readonly maxSourceGib: number
  /** Kept for this function, and no more of it at once. */
  readonly concurrency: number
}

/**
 * Lambda gives one whole CPU at this size. Decoding is what takes long, and takes one CPU; memory itself is used up
 * to about 500 MiB.
 */
const ONE_CPU_MIB = 1769

/**
 * The reasons stand beside the numbers; a test holds those that hang together. S3 gives one reader about 90 MB/s,
 * which is what says how large a video can be read whole within a time. An account has 1,000 executions at once:
 * these take 300 of them.
 */
export const SIZES: Readonly<Record<RoleName, FunctionSize>> = {
  api: {
    memoryMib: ONE_CPU_MIB,
    // An HTTP API gives up after 30 s. The service answers 504 by itself before that.
    timeoutSeconds: 29,
    thumbnailTimeoutMs: 25_000,
    // 25 s at 90 MB/s are 2.2 GB.
    scratchMib: 3072,
    maxSourceGib: 2,
    concurrency: 50
  },
  events: {
    memoryMib: ONE_CPU_MIB,
    // A whole batch, each message of it with all its time.
    timeoutSeconds: 300,
    // 55 s at 90 MB/s are the 5 GiB that the service reads whole by default.
    thumbnailTimeoutMs: 55_000,
    scratchMib: 6144,
    maxSourceGib: 5,
    concurrency: 50
  },
  batch: {
    memoryMib: ONE_CPU_MIB,
    // One object an invocation; nobody waits for it, so a slow one has twice the time.
    timeoutSeconds: 120,
    thumbnailTimeoutMs: 110_000,
    scratchMib: 6144,
    maxSourceGib: 5,
    // S3 serves 5,500 GETs a second for a prefix; a thumbnail takes four or five and about a second.
    concurrency: 200
  }
}

/** The queue between S3 and the function `events`. */
export const QUEUE = {
  /** What is left of the time after a whole batch is the start of the function and the answers. */
  batchSize: 5,
  /**
   * AWS asks for six times the function's time-out: a batch that is throttled or tried again is not handed out twice.
   */
  visibilityTimeoutSeconds: 6 * SIZES.events.timeoutSeconds,
  /** AWS asks for at least five, since a throttled poll counts as well. */
  maxReceiveCount: 5,
  /** Pollers stop here, so that reserved concurrency never throttles them. */
  maxConcurrency: SIZES.events.concurrency,
  /** Five tries of half an hour, and a weekend. */
  retentionDays: 4,
  /** The longest there is: what lies here waits for a person. */
  deadLetterRetentionDays: 14
} as const

/**
 * What the HTTP API lets through; a 429 of the gateway costs less than a throttled function. Twice a second for each
 * execution.
 */
export const API_THROTTLE = { requestsPerSecond: 2 * SIZES.api.concurrency, burst: SIZES.api.concurrency } as const

/** The backfill by Step Functions. */
export const BACKFILL = {
  maxConcurrency: SIZES.batch.concurrency,
  /**
   * Videos that cannot have a thumbnail do not count here; of what does, this much says that something else is wrong.
   */
  toleratedFailurePercentage: 5,
  /**
   * After 5, 10 and 20 s at most, when exactly is left to chance; an execution of one object has five minutes for
   * all.
   */
  retries: { intervalSeconds: 5, backoffRate: 2, maxAttempts: 3, maxDelaySeconds: 60 }
} as const

/** Everything that is written down and not kept. */
export const RETENTION = {
  logDays: 30,
  accessLogDays: 90,
  /** Reports and results of backfills, under `jobs/`. */
  jobDays: 90,
  /** Parts of uploads that nobody completed: longer than the day that an upload may take. */
  abandonedUploadDays: 2
} as const
