import { PosterframeError } from '../errors.ts'

/** The length limit of S3, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024

/**
 * Returns whether a path has a segment `.` or `..`, with either kind of slash. URL parsers and some stores resolve
 * such segments, so a signed URL or a key below a prefix would lead to another object, or to another bucket.
 */
export function hasDotSegment (path: string): boolean {
  return path.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')
}

/**
 * Throws if no store can hold a key.
 *
 * @throws PosterframeError `invalid_request` for a key that is empty, over 1,024 bytes or not valid Unicode;
 * `forbidden_key` for one with a segment `.` or `..`
 */
export function checkKey (key: string): void {
  if (key === '') throw new PosterframeError('invalid_request', { detail: 'The key is empty.' })
  // UTF-8 would turn two keys with different lone surrogates into the same bytes.
  if (!key.isWellFormed()) throw new PosterframeError('invalid_request', { detail: 'The key is not valid Unicode.' })
  const bytes = Buffer.byteLength(key)
  if (bytes > MAX_KEY_BYTES) {
    throw new PosterframeError('invalid_request', {
      detail: `The key has ${bytes} bytes of UTF-8; a key has at most ${MAX_KEY_BYTES}.`
    })
  }
  if (hasDotSegment(key)) {
    throw new PosterframeError('forbidden_key', {
      detail: 'The key contains a segment "." or "..". Write it without them.'
    })
  }
}
