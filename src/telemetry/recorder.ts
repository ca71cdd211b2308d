import type { ErrorCode } from '../errors.ts'
import type { Step, Work } from './work.ts'

/** How a request over HTTP was answered. */
export interface AnsweredRequest {
  /** The pattern of its route, never its address; `none` where no route was met. */
  readonly route: string
  readonly method: string
  /** 499 where the client went away before the answer. */
  readonly status: number
  readonly seconds: number
  readonly errorCode: ErrorCode | undefined
}

/** What the store was asked to do. */
export type StoreOperation = 'head' | 'get' | 'put' | 'list' | 'delete'

/** What became of a request to the store; `stopped`: nobody waited for it any more. */
export type StoreOutcome = 'ok' | 'stopped' | ErrorCode

/** What a decoder does in one run. */
export type DecoderTask = 'about' | 'list' | 'inspect' | 'cut' | 'decode'

/** What a request of its own makes many frames into. */
export type Product = 'batch' | 'storyboard' | 'preview'

/** What became of a message of a queue: it was done, or goes back to come again. */
export type MessageOutcome = 'done' | 'returned'

/** What became of a job: it succeeded, or with which code it failed. */
export type JobOutcome = 'succeeded' | ErrorCode

/**
 * Why a worker of the decoder was ended: lost to a crash or a kill, untrusted after a failure, used up, or as the
 * service closed.
 */
export type WorkerEnd = 'lost' | 'spoilt' | 'used_up' | 'closed'

/**
 * Counts what the service does, for those who watch it. Every value that a label may take is of a small set: no key, no
 * bucket, nothing that a stranger chooses.
 */
export interface Recorder {
  countRequest(request: AnsweredRequest): void
  /** A thumbnail that was answered, by the way it came. */
  countThumbnail(mode: Work['mode']): void
  /**
   * A batch, storyboard or preview that was answered, by the way it came; `mixed`: the thumbnails of a batch came in
   * several.
   */
  countProduct(product: Product, mode: Work['mode'] | 'mixed'): void
  /** The time that one request for a source spent in one step. */
  timeStep(step: Step, seconds: number): void
  countStoreRequest(operation: StoreOperation, outcome: StoreOutcome): void
  countStoreBytes(direction: 'read' | 'written', bytes: number): void
  /**
   * `exit`: an exit code or the name of a signal; of a worker also `failed`, `lost` or `limit`; `stopped` where
   * nobody waited any more.
   */
  countDecoderRun(task: DecoderTask, exit: string): void
  countWorkerEnd(reason: WorkerEnd): void
  countMessage(outcome: MessageOutcome): void
  countJob(outcome: JobOutcome): void
}

/** Counts nothing. */
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
