import type { ObjectAddress } from '../../store/object-store.ts'

/** A source as a list names it. */
export interface ListedSource extends ObjectAddress {
  /** Undefined where the list does not say. */
  readonly etag?: string | undefined
  readonly bytes?: number | undefined
}

/** Where the sources of a backfill come from. It is never held whole in memory. */
export interface SourceList {
  /** Begins at the start each time. Throws what the store throws, and `invalid_request` where the list is not one. */
  open(signal: AbortSignal): AsyncIterable<ListedSource>
}
