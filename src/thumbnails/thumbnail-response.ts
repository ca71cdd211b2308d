import type { ObjectLocation, ObjectStore } from '../store/object-store.ts'
import type { Warning, Work } from '../telemetry/work.ts'
import type { StoredThumbnail } from './stored/stored-thumbnail.ts'
import type { StoredSource, Thumbnail, UploadedSource, UrlMethod } from './thumbnail.ts'

/** A stored thumbnail, and the work that it took. */
export interface ThumbnailResult {
  readonly stored: StoredThumbnail
  readonly location: ObjectLocation
  readonly source: UploadedSource | StoredSource
  readonly work: Work
  readonly cached: boolean
  readonly urlMethod?: UrlMethod
}

/** Builds the response for a stored thumbnail, with a presigned URL that lives `expiresInSeconds` or less. */
export async function buildThumbnailResponse (
  store: ObjectStore,
  { stored, location, source, work, cached, urlMethod = 'GET' }: ThumbnailResult,
  expiresInSeconds: number
): Promise<{ readonly thumbnail: Thumbnail, readonly urlSeconds: number }> {
  const { url, expiresAt, urlSeconds, isShortened } = await presign(store, location, expiresInSeconds, urlMethod)
  const { info } = stored
  const thumbnail = {
    url,
    expiresAt,
    ...location,
    contentType: stored.contentType,
    width: info.width,
    height: info.height,
    bytes: stored.bytes,
    timestamp: info.timestamp,
    keyFrame: info.keyFrame,
    cached,
    placeholder: info.placeholder,
    source: { ...sourceLocation(source), ...info.source },
    work,
    warnings: isShortened ? [...info.warnings, URL_SHORTENED] : info.warnings
  }
  return { thumbnail, urlSeconds }
}

/** Warning about a URL that expires before the requested time. */
export const URL_SHORTENED: Warning = {
  code: 'url_expires_early',
  detail: 'The URL expires before the requested time, together with the temporary credentials that signed it.'
}

/**
 * Returns a presigned URL, its expiry (RFC 3339, to the second, by the clock of the store), its lifetime from now, and
 * whether that is shorter than the requested one.
 */
export async function presign (
  store: ObjectStore,
  location: ObjectLocation,
  expiresInSeconds: number,
  method: UrlMethod = 'GET'
): Promise<{
  readonly url: string
  readonly expiresAt: string
  readonly urlSeconds: number
  readonly isShortened: boolean
}> {
  const { url, expiresAt, expiresInSeconds: urlSeconds, isShortened } = await (method === 'HEAD'
    ? store.presignHead(location, { expiresInSeconds })
    : store.presignGet(location, { expiresInSeconds }))
  return {
    url,
    expiresAt: expiresAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    urlSeconds,
    isShortened: isShortened ?? urlSeconds < expiresInSeconds
  }
}

/** Returns the bucket and the key of a source as responses have them: null for an upload, which is not stored. */
export function sourceLocation (source: UploadedSource | StoredSource) {
  return source.kind === 'stored' ? { bucket: source.bucket, key: source.key } : { bucket: null, key: null }
}
