import { hasDotSegment } from '../store/object-key.ts'

/** Description of a valid base URL, for error messages. */
export const BASE_URL = 'an http or https URL without credentials, query or fragment'

/** Parses the name of a bucket; undefined if it is invalid. */
export function parseBucket (text: string): string | undefined {
  // Wider than the rules of S3, for compatible servers and old buckets, but always one plain path segment.
  return /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(text) && !text.includes('..') ? text : undefined
}

/** Parses a comma-separated list of bucket names without duplicates; undefined if one of them is invalid. */
export function parseBuckets (text: string): readonly [string, ...string[]] | undefined {
  const buckets = new Set(text.split(',').map((name) => parseBucket(name.trim())))
  const [first, ...others] = buckets
  if (first === undefined || buckets.has(undefined)) return undefined
  return [first, ...others.filter((name) => name !== undefined)]
}

/** Longest prefix, in bytes of UTF-8. */
export const MAX_PREFIX_BYTES = 200

/** Parses a key prefix; the result ends with a slash or, for `/`, is empty. Undefined if it is invalid. */
export function parsePrefix (text: string): string | undefined {
  if (text === '/') return ''
  const segments = text.replace(/\/$/, '').split('/')
  const isPlain = !segments.includes('') && !hasDotSegment(text)
  // eslint-disable-next-line no-control-regex -- these are the characters to reject
  return isPlain && !/[\x00-\x1f\x7f\\]/.test(text) && Buffer.byteLength(text) <= MAX_PREFIX_BYTES
    ? `${segments.join('/')}/`
    : undefined
}

/** Parses a comma-separated list of key prefixes, each ending with a slash; undefined if one of them is invalid. */
export function parsePrefixes (text: string): readonly string[] | undefined {
  const prefixes = text.split(',').map((prefix) => prefix.trim())
  // The slash is required because "tenant-1" would also match "tenant-10/...".
  return prefixes.every((prefix) => prefix !== '/' && prefix.endsWith('/') && parsePrefix(prefix) === prefix)
    ? Object.freeze(prefixes)
    : undefined
}

/** Parses a base URL and drops slashes at its end; undefined if it is invalid. */
export function parseBaseUrl (text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '') return undefined
  return url.href.replace(/\/+$/, '')
}
