import type { ObjectAddress, ObjectStore } from '../store/object-store.ts'
import type { Stored } from './stored/stored-thumbnail.ts'
import type { StoredSource, Thumbnail, UploadedSource } from './thumbnail.ts'
import type { Warning, Work } from '../telemetry/work.ts'

/** A thumbnail that is in the store, and how it came to be there. */
export interface StoredAnswer {
  readonly stored: Stored
  readonly address: ObjectAddress
  readonly source: UploadedSource | StoredSource
  readonly work: Work
  readonly cached: boolean
}

/** What is answered for a thumbnail that is in the store, with a URL that lives `expiresInSeconds`. */
export async function answerThumbnail (
  store: ObjectStore,
  { stored, address, source, work, cached }: StoredAnswer,
  expiresInSeconds: number
): Promise<Thumbnail> {
  const { url, expiresAt, isShortened } = await presign(store, address, expiresInSeconds)
  const { info } = stored
  return {
    url,
    expiresAt,
    ...address,
    contentType: stored.contentType,
    width: info.width,
    height: info.height,
    bytes: stored.bytes,
    timestamp: info.timestamp,
    keyFrame: info.keyFrame,
    cached,
    placeholder: info.placeholder,
    source: { ...nameSource(source), ...info.source },
    work,
    warnings: isShortened ? [...info.warnings, URL_SHORTENED] : info.warnings
  }
}

/** Beside a URL that lives less long than was asked for. */
export const URL_SHORTENED: Warning = {
  code: 'url_expires_early',
  detail: 'The URL dies with the temporary credentials that signed it, before the time that was asked for.'
}

/** A presigned URL, when it dies (RFC 3339, to the second), and whether that is before its time. */
export async function presign (
  store: ObjectStore,
  address: ObjectAddress,
  expiresInSeconds: number
): Promise<{ readonly url: string, readonly expiresAt: string, readonly isShortened: boolean }> {
  const { url, expiresAt } = await store.presignGet(address, { expiresInSeconds })
  return {
    url,
    expiresAt: expiresAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    isShortened: expiresAt.getTime() < Date.now() + (expiresInSeconds - 1) * 1000
  }
}

/** How an answer names its source: not at all where it is an upload. */
export function nameSource (source: UploadedSource | StoredSource) {
  return source.kind === 'stored' ? { bucket: source.bucket, key: source.key } : { bucket: null, key: null }
}
