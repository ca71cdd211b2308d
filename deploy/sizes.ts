import type { RoleName } from './policy.ts'

/** Size and time limits of one function. */
export interface FunctionSize {
  readonly memoryMib: number
  readonly timeoutSeconds: number
  /** Limit for one thumbnail, and so for one HTTP request or message. */
  readonly thumbnailTimeoutMs: number
  /** Size of Lambda's /tmp. */
  readonly scratchMib: number
  /** Largest video for the full-download fallback. Scratch has to hold it, a remuxed segment and a frame. */
  readonly maxSourceGib: number
  /** Reserved concurrency, which is also the maximum. */
  readonly concurrency: number
}

/**
 * Memory size at which Lambda provides one full CPU, which decoding needs. The functions use about 500 MiB of it.
 */
const ONE_CPU_MIB = 1769

/**
 * Sizes of the functions, with their reasons; a test checks the relations between them. S3 delivers about 90 MB/s to
 * one reader, which limits how large a video can be downloaded within the time. An account has 1,000 concurrent
 * executions, of which these reserve 300.
 */
export const SIZES: Readonly<Record<RoleName, FunctionSize>> = {
  api: {
    memoryMib: ONE_CPU_MIB,
    // An HTTP API times out after 30 s. The service returns a 504 of its own before that.
    timeoutSeconds: 29,
    thumbnailTimeoutMs: 25_000,
    // 25 s at 90 MB/s is 2.2 GB.
    scratchMib: 3072,
    maxSourceGib: 2,
    concurrency: 50
  },
  events: {
    memoryMib: ONE_CPU_MIB,
    // A full batch in which every message takes its maximum time.
    timeoutSeconds: 300,
    // 55 s at 90 MB/s is 5 GiB, the default limit of the full-download fallback.
    thumbnailTimeoutMs: 55_000,
    scratchMib: 6144,
    maxSourceGib: 5,
    concurrency: 50
  },
  batch: {
    memoryMib: ONE_CPU_MIB,
    // One object per invocation. No caller waits, so a slow one has twice the time.
    timeoutSeconds: 120,
    thumbnailTimeoutMs: 110_000,
    scratchMib: 6144,
    maxSourceGib: 5,
    // S3 serves 5,500 GETs a second per prefix; a thumbnail needs four or five and takes about a second.
    concurrency: 200
  }
}

/** Settings of the queue between S3 and the function `events`. */
export const QUEUE = {
  /** A full batch leaves enough of the timeout for the start of the function and its response. */
  batchSize: 5,
  /** AWS recommends six times the function's timeout, so that a throttled or retried batch is not delivered twice. */
  visibilityTimeoutSeconds: 6 * SIZES.events.timeoutSeconds,
  /** AWS recommends at least five, because throttled polls count as well. */
  maxReceiveCount: 5,
  /** Limits the pollers, so that the reserved concurrency never throttles them. */
  maxConcurrency: SIZES.events.concurrency,
  /** Five attempts half an hour apart, and a weekend. */
  retentionDays: 4,
  /** The maximum, because dead letters wait for an operator. */
  deadLetterRetentionDays: 14
} as const

/** Rate limit of the HTTP API: two requests a second per execution. A 429 costs less than a throttled function. */
export const API_THROTTLE = { requestsPerSecond: 2 * SIZES.api.concurrency, burst: SIZES.api.concurrency } as const

/** Settings of the backfill by Step Functions. */
export const BACKFILL = {
  maxConcurrency: SIZES.batch.concurrency,
  /** Videos without a thumbnail do not count; more failures than this mean that something else is wrong. */
  toleratedFailurePercentage: 5,
  /** Retries after at most 5, 10 and 20 s, with full jitter. The execution of one object has five minutes for all. */
  retries: { intervalSeconds: 5, backoffRate: 2, maxAttempts: 3, maxDelaySeconds: 60 }
} as const

/** Retention of logs, reports and abandoned uploads. */
export const RETENTION = {
  logDays: 30,
  accessLogDays: 90,
  /** Reports and results of backfills, under `jobs/`. */
  jobDays: 90,
  /** Parts of uploads that were never completed. An upload may take a day. */
  abandonedUploadDays: 2
} as const
