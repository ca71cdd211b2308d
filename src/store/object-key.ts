import { PosterframeError } from '../errors.ts'

/** S3's own limit, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024

/**
 * Refuses what no store here may be asked for. Throws `invalid_request` for a key that is empty, over 1,024 bytes or
 * not valid Unicode, and `forbidden_key` for one with a segment `.` or `..`: URL parsers resolve those, so that a
 * signed URL or a path would lead to another object, or to another bucket.
 */
export function checkKey (key: string): void {
  if (key === '') throw new PosterframeError('invalid_request', { detail: 'The key is empty.' })
  // Two keys with different lone surrogates would become one in UTF-8.
  if (!key.isWellFormed()) throw new PosterframeError('invalid_request', { detail: 'The key is not valid Unicode.' })
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new PosterframeError('invalid_request', { detail: `The key is longer than ${MAX_KEY_BYTES} bytes of UTF-8.` })
  }
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new PosterframeError('forbidden_key', { detail: 'A key may not have a segment "." or "..".' })
  }
}
