import { LRUCache } from 'lru-cache'
import type { ObjectLocation, ObjectStore } from '../store/object-store.ts'
import { StoreError } from '../store/store-error.ts'
import { openObjectSource, type ObjectSourceOptions } from '../video/source/object-byte-source.ts'
import type { IdentifiedSource, SourceIdentity } from './source-identity.ts'
import type { StoredSource, UploadedSource } from './thumbnail.ts'

/** ETags of the sources that were requested lately. */
export interface EtagCache {
  get(location: ObjectLocation): string | undefined
  set(location: ObjectLocation, etag: string): void
}

const MAX_SOURCES = 10_000

/** Creates an ETag cache of the 10,000 sources that were used last. */
export function createEtagCache (maxSources = MAX_SOURCES): EtagCache {
  const etags = new LRUCache<string, string>({ max: maxSources })
  const nameOf = ({ bucket, key }: ObjectLocation) => JSON.stringify([bucket, key])
  return {
    get: (location) => etags.get(nameOf(location)),
    set (location, etag) {
      etags.set(nameOf(location), etag)
    }
  }
}

/**
 * Returns the cached identity of a source, or undefined if it is not cached. The source may have been overwritten
 * since.
 */
export function peekIdentity (source: UploadedSource | StoredSource, etagCache: EtagCache): SourceIdentity | undefined {
  if (source.kind === 'upload') return undefined
  const etag = etagCache.get(source)
  return etag === undefined ? undefined : { bucket: source.bucket, key: source.key, etag }
}

/**
 * Determines the version of a source with one request: a HEAD for a source whose ETag is cached, and otherwise a GET of
 * its beginning, which the index needs anyway.
 *
 * @throws PosterframeError `source_not_found`, and the errors of the store
 */
export async function identifySource (
  source: UploadedSource | StoredSource,
  {
    store,
    etagCache,
    readLimits = {}
  }: {
    readonly store: ObjectStore
    readonly etagCache: EtagCache
    readonly readLimits?: Pick<ObjectSourceOptions, 'maxBytes' | 'maxRequests'>
  },
  signal: AbortSignal
): Promise<IdentifiedSource> {
  if (source.kind === 'upload') {
    return { source, identity: { sha256: source.sha256 }, etag: source.sha256, bytes: source.bytes }
  }
  const isCached = etagCache.get(source) !== undefined
  const known = isCached ? await store.head(source, { signal }) : undefined
  if (isCached && known === undefined) throw new StoreError('no_object', source)
  const reader = await openObjectSource(store, source, {
    signal,
    ...readLimits,
    ...(known === undefined ? {} : { known })
  })
  etagCache.set(source, reader.etag)
  return {
    source,
    identity: { bucket: source.bucket, key: source.key, etag: reader.etag },
    etag: reader.etag,
    bytes: reader.size,
    reader,
    headRequests: known === undefined ? 0 : 1
  }
}
