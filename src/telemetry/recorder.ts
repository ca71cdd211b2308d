import type { ErrorCode } from '../errors.ts'
import type { Step, Work } from './work.ts'

/** A completed HTTP request. */
export interface CompletedRequest {
  /** The pattern of its route, never its URL; `none` if no route matched. */
  readonly route: string
  readonly method: string
  /** 499 if the client disconnected before the response. */
  readonly status: number
  readonly seconds: number
  readonly errorCode: ErrorCode | undefined
}

/** An operation of the object store. */
export type StoreOperation = 'head' | 'get' | 'put' | 'list' | 'delete'

/** The outcome of a request to the object store; `stopped` if the caller cancelled it. */
export type StoreOutcome = 'ok' | 'stopped' | ErrorCode

/** The task of one decoder run. */
export type DecoderTask = 'about' | 'list' | 'inspect' | 'cut' | 'decode'

/** A product that one request makes of many frames. */
export type Product = 'batch' | 'storyboard' | 'preview'

/** The outcome of a queue message; `returned` if the queue will deliver it again. */
export type MessageOutcome = 'done' | 'returned'

/** The outcome of a background job: success, or the code of its error. */
export type JobOutcome = 'succeeded' | ErrorCode

/**
 * The reason why a decoder worker ended: it crashed or was killed, a failed task tainted it, it was retired at its
 * limit of tasks, memory or CPU time, or the service closed.
 */
export type WorkerEnd = 'crashed' | 'tainted' | 'retired' | 'closed'

/**
 * Records the metrics of the service. Every label value is from a small fixed set: never a key, a bucket, or any other
 * value that a caller can choose.
 */
export interface Recorder {
  countRequest(request: CompletedRequest): void
  /** Counts a returned thumbnail by its mode. */
  countThumbnail(mode: Work['mode']): void
  /** Counts a returned batch, storyboard or preview by its mode; `mixed` if the thumbnails of a batch differ in it. */
  countProduct(product: Product, mode: Work['mode'] | 'mixed'): void
  /** Records the time that one request spent in one step. */
  timeStep(step: Step, seconds: number): void
  countStoreRequest(operation: StoreOperation, outcome: StoreOutcome): void
  countStoreBytes(direction: 'read' | 'written', bytes: number): void
  /**
   * Counts a run of the decoder.
   *
   * @param exit an exit code or the name of a signal; for a worker also `failed`, `crashed` or `limit`; `stopped` if
   * the request was cancelled
   */
  countDecoderRun(task: DecoderTask, exit: string): void
  countWorkerEnd(reason: WorkerEnd): void
  countMessage(outcome: MessageOutcome): void
  countJob(outcome: JobOutcome): void
}

/** A recorder that discards everything. */
export const NO_RECORDER: Recorder = {
  countRequest () {},
  countThumbnail () {},
  countProduct () {},
  timeStep () {},
  countStoreRequest () {},
  countStoreBytes () {},
  countDecoderRun () {},
  countWorkerEnd () {},
  countMessage () {},
  countJob () {}
}
