import type { ObjectAddress } from '../store/object-store.ts'

/** What happened to an object that may be a source. */
export interface SourceEvent extends ObjectAddress {
  readonly kind: 'created' | 'deleted'
  readonly versionId?: string
  readonly etag?: string
  readonly bytes?: number
  /**
   * Orders the events of one key: hexadecimal, to be compared right-aligned. Nothing here relies on it, since the
   * store is asked for what is there now.
   */
  readonly sequencer?: string
}

/** One thing that was delivered, and that is taken or given back as a whole. */
export interface Delivery {
  /** What SQS calls it; undefined where the whole invocation is one delivery. */
  readonly id: string | undefined
  readonly message: unknown
}
