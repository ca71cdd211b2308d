import { PosterframeError } from '../../errors.ts'
import { readWholeNumber } from '../../input/whole-number.ts'
import type { ByteRange, ListedObject, ObjectHead } from '../object-store.ts'
import { parseEntityTag } from './entity-tag.ts'

/** Members of the SDK's responses that describe an object. */
export interface HeadResponse {
  readonly ContentLength?: number | undefined
  readonly ContentType?: string | undefined
  readonly ETag?: string | undefined
  readonly Metadata?: Record<string, string> | undefined
}

/** Members of the response to a GET that say which bytes it has. */
export interface ExtentResponse {
  readonly $metadata: { readonly httpStatusCode?: number | undefined }
  readonly ContentLength?: number | undefined
  readonly ContentRange?: string | undefined
}

/** The bytes that a response has. */
export interface Extent {
  readonly start: number
  /** Undefined: the response goes to the end of the object. */
  readonly end: number | undefined
  /** Size of the object; undefined if the response does not have it. */
  readonly total: number | undefined
}

const CONTENT_RANGE = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/

/** Returns `store_unavailable` for a response that S3 would not send. `value` is only logged. */
export function responseError (problem: string, value?: string): PosterframeError {
  return new PosterframeError('store_unavailable', {
    detail: `${problem} Check that its endpoint is that of an S3-compatible server.`,
    ...(value === undefined ? {} : { cause: new Error(`The value is '${value.slice(0, 200)}'.`) })
  })
}

/** Those of S3 have 34 to 40 characters. */
const MAX_ETAG_CHARACTERS = 256

/** Returns `store_unavailable` for a response of the store that lacks a part of it, such as 'an ETag'. */
export function incompleteResponseError (missing: string): PosterframeError {
  return responseError(`The response of the store has no ${missing}.`)
}

/**
 * Returns the properties of an object without its size.
 *
 * @throws PosterframeError `store_unavailable` if the response has no ETag
 */
export function readProperties ({ ContentType, ETag, Metadata }: HeadResponse): Omit<ObjectHead, 'bytes'> {
  const etag = ETag === undefined ? '' : parseEntityTag(ETag)
  // An empty one tells no versions apart; a long one would fill the metadata of a thumbnail.
  if (/^(?:W\/"")?$/.test(etag) || etag.length > MAX_ETAG_CHARACTERS) {
    throw incompleteResponseError(`ETag of 1 to ${MAX_ETAG_CHARACTERS} characters`)
  }
  return {
    etag,
    contentType: ContentType ?? 'application/octet-stream',
    metadata: Metadata ?? {}
  }
}

/**
 * Returns the properties of an object.
 *
 * @throws PosterframeError `store_unavailable` if the response has no size or no ETag
 */
export function readHead (response: HeadResponse): ObjectHead {
  const bytes = readWholeNumber(response.ContentLength)
  if (bytes === undefined) throw incompleteResponseError('Content-Length')
  return { bytes, ...readProperties(response) }
}

/**
 * Returns which bytes of the object the response to a GET has.
 *
 * @throws PosterframeError `store_unavailable` if these are not known to be the requested ones
 */
export function readExtent (response: ExtentResponse, range: ByteRange | undefined): Extent {
  const { $metadata, ContentRange: header } = response
  if ($metadata.httpStatusCode !== 206) {
    return { start: 0, end: undefined, total: readWholeNumber(response.ContentLength) }
  }
  if (header === undefined) throw incompleteResponseError('Content-Range')
  const [, first, last, size] = CONTENT_RANGE.exec(header) ?? []
  const [start, lastByte, total] = [readWholeNumber(first), readWholeNumber(last), readWholeNumber(size)]
  const isWanted =
    start !== undefined &&
    lastByte !== undefined &&
    start === range?.start &&
    lastByte >= start &&
    lastByte < Math.min(range.end, total ?? Infinity)
  if (!isWanted) throw responseError('The Content-Range of the store is not that of the requested bytes.', header)
  return { start, end: lastByte + 1, total }
}

interface ListResponse {
  readonly Contents?:
    | ReadonlyArray<{
      readonly Key?: string | undefined
      readonly Size?: number | undefined
      readonly ETag?: string | undefined
    }>
    | undefined
  readonly EncodingType?: string | undefined
}

/**
 * Returns the entries of a page of a listing.
 *
 * @throws PosterframeError `store_unavailable` if an entry has no key or no size
 */
export function readListing ({ Contents = [], EncodingType }: ListResponse): ListedObject[] {
  return Contents.map(({ Key: key, Size, ETag = '' }) => {
    const bytes = readWholeNumber(Size)
    if (key === undefined || bytes === undefined) throw incompleteResponseError('key or size of a listed object')
    return { key: EncodingType === 'url' ? decodeForm(key) : key, bytes, etag: parseEntityTag(ETag) }
  })
}

/** Decodes a form-encoded key: a space is `+` there, and a plus `%2B`. */
function decodeForm (text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw responseError('The store encodes the keys of its listing wrongly.', text)
  }
}
