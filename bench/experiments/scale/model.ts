import { LAMBDA_GB, PRICES } from '../../support/prices.ts'
import { ENGINE_PRICES } from './engine-prices.ts'

/**
 * Requests per second that S3 supports for each partitioned prefix (docs.aws.amazon.com/AmazonS3, "Best practices
 * design patterns", 2025).
 */
export const S3_LIMITS = { readsPerSecond: 5500, writesPerSecond: 3500 } as const
/**
 * Concurrency of an SQS event source mapping of Lambda: at first, added per minute, and maximum
 * (docs.aws.amazon.com/lambda, "Configuring scaling behavior", 2025).
 */
export const QUEUE_SCALING = { atFirst: 5, perMinute: 300, most: 1000 } as const
/** Default quota of concurrent executions of an account. */
export const DEFAULT_LAMBDA_CONCURRENCY = 1000

/** Measured cost of one source. */
export interface MeasuredSource {
  /** Time from the request to the response, on two processors. */
  readonly seconds: number
  /** GETs of the source. */
  readonly sourceReads: number
  /** HEADs below the output prefix. */
  readonly outputReads: number
  readonly outputWrites: number
  /** Sources per second on two busy processors. */
  readonly perSecondOnTwoCpus: number
  /** Sources per second of one process with any number of processors: one thread does all work except decoding. */
  readonly perSecondOfOneProcess: number
}

/** Thumbnails per second before S3 responds with SlowDown, by kind of request. */
export interface RequestCeilings {
  readonly sourceReads: number
  readonly outputReads: number
  readonly outputWrites: number
}

/** Computes the ceilings for a number of prefixes of sources and of thumbnails. */
export function findCeilings (
  source: MeasuredSource,
  { sourcePrefixes, outputPrefixes }: { readonly sourcePrefixes: number, readonly outputPrefixes: number }
): RequestCeilings {
  return {
    sourceReads: (S3_LIMITS.readsPerSecond * sourcePrefixes) / source.sourceReads,
    outputReads: (S3_LIMITS.readsPerSecond * outputPrefixes) / source.outputReads,
    outputWrites: (S3_LIMITS.writesPerSecond * outputPrefixes) / source.outputWrites
  }
}

/** A service that drives a backfill. */
export type Engine =
  | { readonly kind: 'batch-operations', readonly lambdaConcurrency: number }
  | { readonly kind: 'distributed-map', readonly lambdaConcurrency: number, readonly children: 'express' | 'standard' }
  | {
    readonly kind: 'containers'
    readonly tasks: number
    readonly cpusPerTask: number
    readonly gigabytesPerTask: number
  }
  | { readonly kind: 'one-machine', readonly cpus: number, readonly processes: number }

/** Duration and price of a backfill. */
export interface BackfillEstimate {
  readonly perSecond: number
  /** The limiting resource. */
  readonly bound: 'processors' | keyof RequestCeilings
  readonly hours: number
  readonly dollars: {
    readonly requests: number
    readonly compute: number
    readonly engine: number
    readonly total: number
  }
}

const MESSAGES_PER_REQUEST = 10
/** Send, receive, delete. */
const REQUESTS_PER_MESSAGE = 3
/** Enter and exit. */
const TRANSITIONS_PER_CHILD = 2
const EXPRESS_GB = 0.0625
const KEYS_PER_LIST = 1000
/** One to work through and one to count. */
const LISTINGS = 2

/** Computes the duration and the price of a backfill. */
export function estimateBackfill (
  engine: Engine,
  objects: number,
  source: MeasuredSource,
  ceilings: RequestCeilings
): BackfillEstimate {
  const processors = processorRate(engine, source)
  const [bound, perSecond] = (
    [['processors', processors], ...Object.entries(ceilings)] as Array<[BackfillEstimate['bound'], number]>
  ).reduce((least, other) => (other[1] < least[1] ? other : least))
  const hours = objects / perSecond / 3600
  const requests =
    (objects *
      ((source.sourceReads + source.outputReads) * PRICES.get.dollars + source.outputWrites * PRICES.put.dollars)) /
    1000
  const { compute, own } = priceEngine(engine, objects, hours, source)
  return { perSecond, bound, hours, dollars: { requests, compute, engine: own, total: requests + compute + own } }
}

/** Sources per second if only the processors limit the rate. */
function processorRate (
  engine: Engine,
  { seconds, perSecondOnTwoCpus, perSecondOfOneProcess }: MeasuredSource
): number {
  if (engine.kind === 'containers') return ((engine.tasks * engine.cpusPerTask) / 2) * perSecondOnTwoCpus
  if (engine.kind === 'one-machine') {
    return Math.min((engine.cpus / 2) * perSecondOnTwoCpus, engine.processes * perSecondOfOneProcess)
  }
  return engine.lambdaConcurrency / seconds
}

function priceEngine (
  engine: Engine,
  objects: number,
  hours: number,
  { seconds }: MeasuredSource
): { readonly compute: number, readonly own: number } {
  const millions = objects / 1e6
  const lambda = objects * seconds * LAMBDA_GB * PRICES.compute.dollars + millions * PRICES.invocation.dollars
  switch (engine.kind) {
    case 'batch-operations':
      return { compute: lambda, own: ENGINE_PRICES.batchJob.dollars + millions * ENGINE_PRICES.batchObject.dollars }
    case 'distributed-map': {
      const express =
        millions * ENGINE_PRICES.expressRequest.dollars +
        ((objects * Math.ceil(seconds * 10)) / 10) * EXPRESS_GB * ENGINE_PRICES.expressTime.dollars
      const standard = ((objects * TRANSITIONS_PER_CHILD) / 1000) * ENGINE_PRICES.stateTransition.dollars
      return { compute: lambda, own: engine.children === 'express' ? express : standard }
    }
    case 'containers': {
      const perTaskHour =
        engine.cpusPerTask * ENGINE_PRICES.fargateCpu.dollars +
        engine.gigabytesPerTask * ENGINE_PRICES.fargateMemory.dollars
      return {
        compute: engine.tasks * hours * perTaskHour,
        own: ((millions * REQUESTS_PER_MESSAGE) / MESSAGES_PER_REQUEST) * ENGINE_PRICES.queueRequest.dollars
      }
    }
    case 'one-machine':
      return {
        compute: engine.cpus * hours * ENGINE_PRICES.machineCpu.dollars,
        own: ((LISTINGS * objects) / KEYS_PER_LIST / 1000) * PRICES.put.dollars
      }
  }
}
