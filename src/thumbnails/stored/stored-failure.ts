import { isPosterframeError, PosterframeError } from '../../errors.ts'
import type { ObjectLocation, ObjectStore } from '../../store/object-store.ts'
import { decodeFailure, encodeFailure, type StoredFailure } from './object-metadata.ts'

/** Time that a permanent failure of a source is remembered before the source is tried again. */
const REMEMBER_MS = 60 * 60 * 1000

/** Codes of failures that depend on the bytes of the source alone, whatever the options. */
const PERMANENT = [
  'unsupported_media',
  'no_video_track',
  'corrupt_video',
  'unsupported_codec',
  'encrypted_video',
  'video_limits_exceeded'
] as const

/** Returns the remembered failure of a source; undefined if there is none, or only one that is too old. */
export async function readFailure (
  store: ObjectStore,
  location: ObjectLocation,
  signal: AbortSignal
): Promise<PosterframeError | undefined> {
  const head = await store.head(location, { signal })
  const failure = head === undefined ? undefined : decodeFailure(head.metadata)
  if (failure === undefined) return undefined
  const rememberMs = Math.min(REMEMBER_MS, (failure.rememberSeconds ?? Infinity) * 1000)
  if (Date.now() - Date.parse(failure.failedAt) > rememberMs) return undefined
  return new PosterframeError(failure.code, {
    members: failure.members,
    ...(failure.detail === undefined ? {} : { detail: failure.detail })
  })
}

/**
 * Remembers a permanent failure of a source. Ignores other errors, failures of one timestamp (they name it in their
 * members), failures that other options may avoid, and failures to write.
 */
export async function writeFailure (
  store: ObjectStore,
  location: ObjectLocation,
  error: unknown,
  signal: AbortSignal
): Promise<void> {
  if (!isPosterframeError(error, ...PERMANENT) || 'timestamp' in error.members || error.rememberSeconds === 0) return
  await store
    .put(location, new Uint8Array(), {
      signal,
      contentType: 'application/octet-stream',
      cacheControl: 'no-store',
      metadata: encodeFailure(toStoredFailure(error))
    })
    .catch(() => undefined) // The response is the failure itself, stored or not.
}

/**
 * Writes a record that says why a source has no thumbnail of a name, at a key that pages can guess.
 *
 * @param source its location, and the ETag of the version that failed
 */
export async function putFailureRecord (
  store: ObjectStore,
  record: ObjectLocation,
  error: PosterframeError,
  source: ObjectLocation & { readonly etag: string },
  signal: AbortSignal
): Promise<void> {
  const failure = toStoredFailure(error)
  const problem = { ...describeFailure(error), source, failedAt: failure.failedAt }
  await store.put(record, Buffer.from(JSON.stringify(problem)), {
    signal,
    contentType: 'application/problem+json',
    cacheControl: 'no-cache',
    metadata: encodeFailure(failure)
  })
}

/** Returns the members of the problem document of an error, without those that belong to one HTTP request. */
export function describeFailure ({
  code,
  status,
  retryable,
  detail,
  message,
  members
}: PosterframeError): Readonly<Record<string, unknown>> {
  return { ...members, code, status, retryable, detail: detail ?? message }
}

function toStoredFailure ({ code, detail, members, rememberSeconds }: PosterframeError): StoredFailure {
  return { code, detail, members, failedAt: new Date().toISOString(), rememberSeconds }
}
