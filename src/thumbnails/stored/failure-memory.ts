import { isPosterframeError, PosterframeError } from '../../errors.ts'
import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import { decodeFailure, encodeFailure } from './object-metadata.ts'

/** How long a source's permanent failure is believed before the source is tried again. */
const REMEMBER_MS = 60 * 60 * 1000

/** Failures that lie in the bytes of the source alone, whatever was asked of it. */
const PERMANENT = [
  'unsupported_media',
  'no_video_track',
  'corrupt_video',
  'unsupported_codec',
  'encrypted_video',
  'video_limits_exceeded'
] as const

/** The failure that is remembered of a source; undefined where there is none, or one too old. */
export async function readFailure (
  store: ObjectStore,
  address: ObjectAddress,
  signal: AbortSignal
): Promise<PosterframeError | undefined> {
  const head = await store.head(address, { signal })
  const failure = head === undefined ? undefined : decodeFailure(head.metadata)
  if (failure === undefined || Date.now() - Date.parse(failure.failedAt) > REMEMBER_MS) return undefined
  return new PosterframeError(failure.code, {
    members: failure.members,
    ...(failure.detail === undefined ? {} : { detail: failure.detail })
  })
}

/**
 * Remembers a permanent failure of the whole source. Others, those of one timestamp only (they name it), and a store
 * that does not take it are passed over.
 */
export async function writeFailure (
  store: ObjectStore,
  address: ObjectAddress,
  error: unknown,
  signal: AbortSignal
): Promise<void> {
  if (!isPosterframeError(error, ...PERMANENT) || 'timestamp' in error.members) return
  const failure = { code: error.code, detail: error.detail, members: error.members, failedAt: new Date().toISOString() }
  await store
    .put(address, new Uint8Array(), {
      signal,
      contentType: 'application/octet-stream',
      cacheControl: 'no-store',
      metadata: encodeFailure(failure)
    })
    .catch(() => undefined) // The response is the failure itself, stored or not.
}
