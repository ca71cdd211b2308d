import { PosterframeError } from '../errors.ts'
import { openObjectSource, type ObjectSourceOptions } from '../video/source/object-byte-source.ts'
import type { ObjectAddress, ObjectStore } from '../store/object-store.ts'
import type { StoredSource, UploadedSource } from './thumbnail.ts'
import type { SourceIdentity, IdentifiedSource } from './source-identity.ts'

/** The sources that were asked for lately, and the entity tags that they had. */
export interface EtagCache {
  get(address: ObjectAddress): string | undefined
  set(address: ObjectAddress, etag: string): void
}

const MAX_SOURCES = 10_000

/** Remembers the last 10,000 sources. */
export function createEtagCache (): EtagCache {
  const etags = new Map<string, string>()
  const nameOf = ({ bucket, key }: ObjectAddress) => JSON.stringify([bucket, key])
  return {
    get: (address) => etags.get(nameOf(address)),
    set (address, etag) {
      const name = nameOf(address)
      // A map remembers the order of insertion: the one used last goes to its end.
      etags.delete(name)
      etags.set(name, etag)
      const [oldest] = etags.keys()
      if (etags.size > MAX_SOURCES && oldest !== undefined) etags.delete(oldest)
    }
  }
}

/** What a source is, unless it was overwritten since it was met; undefined where it was not met lately. */
export function peekIdentity (source: UploadedSource | StoredSource, etagCache: EtagCache): SourceIdentity | undefined {
  if (source.kind === 'upload') return undefined
  const etag = etagCache.get(source)
  return etag === undefined ? undefined : { bucket: source.bucket, key: source.key, etag }
}

/**
 * Learns the version of a source in one request: of one that was met lately whether it is still the same (HEAD), of
 * another by reading its beginning, which is needed anyway.
 *
 * @throws PosterframeError `source_not_found`, and what the store throws
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
  const isMet = etagCache.get(source) !== undefined
  const known = isMet ? await store.head(source, { signal }) : undefined
  if (isMet && known === undefined) throw new PosterframeError('source_not_found')
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
