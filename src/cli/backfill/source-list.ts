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

/** The URL of an object, for a terminal: what would be read as a command of it is written out. */
export function describeSourceUrl ({ bucket, key }: ObjectAddress): string {
  // eslint-disable-next-line no-control-regex -- they are what is written out
  return `s3://${bucket}/${key.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}`
}
