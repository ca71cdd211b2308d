import type { PosterframeError } from '../../errors.ts'
import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import { encodeFailure } from './object-metadata.ts'

/**
 * Writes down why a source has no thumbnail of a name, for whoever looks for it. `etag` is the version that it is
 * about, where it is known.
 */
export async function putFailureRecord (
  store: ObjectStore,
  record: ObjectAddress,
  error: PosterframeError,
  source: ObjectAddress & { readonly etag: string | undefined },
  signal: AbortSignal
): Promise<void> {
  const failedAt = new Date().toISOString()
  const problem = { ...describeFailure(error), source, failedAt }
  const metadata = encodeFailure({ code: error.code, detail: error.detail, members: error.members, failedAt })
  await store.put(record, Buffer.from(JSON.stringify(problem)), {
    signal,
    contentType: 'application/problem+json',
    cacheControl: 'no-cache',
    metadata
  })
}

/** An error as problem documents say it, without what belongs to one HTTP request. */
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
