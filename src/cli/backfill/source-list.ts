import type { ObjectLocation } from '../../store/object-store.ts'

/** A source in a list, with its ETag and size in bytes if the list contains them. */
export interface ListedSource extends ObjectLocation {
  readonly etag?: string | undefined
  readonly bytes?: number | undefined
}

/** The sources of a backfill. They are streamed and never all in memory. */
export interface SourceList {
  /**
   * Iterates over the sources from the start.
   *
   * @throws PosterframeError `invalid_request` if the list is malformed, and any error of the store
   */
  open(signal: AbortSignal): AsyncIterable<ListedSource>
}

/** Returns the URL of an object for a terminal. Control characters, which a terminal could execute, are escaped. */
export function formatSourceUrl ({ bucket, key }: ObjectLocation): string {
  // eslint-disable-next-line no-control-regex -- matches the characters to escape
  return `s3://${bucket}/${key.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}`
}
