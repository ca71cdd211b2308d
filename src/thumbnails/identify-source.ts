import { PosterframeError } from '../errors.ts'
import { openObjectSource, type ObjectByteSource } from '../storage/object-byte-source.ts'
import type { ObjectAddress, ObjectHead, ObjectStore } from '../storage/object-store.ts'
import type { SourceIdentity } from './output-key.ts'
import type { StoredSource, UploadedSource } from './thumbnail.ts'

/** A source whose version is known, so that everything about it can be named. */
export type IdentifiedSource = {
  readonly identity: SourceIdentity
  readonly etag: string
  readonly bytes: number
} & (
  | { readonly source: UploadedSource }
  | { readonly source: StoredSource, readonly reader: ObjectByteSource, readonly headRequests: number }
)

/** The versions of sources that were asked for lately. */
export interface VersionMemory {
  get (address: ObjectAddress): ObjectHead | undefined
  set (address: ObjectAddress, head: ObjectHead): void
}

const MAX_VERSIONS = 10_000

/** Remembers the last 10,000 versions. */
export function createVersionMemory (): VersionMemory {
  const heads = new Map<string, ObjectHead>()
  const nameOf = ({ bucket, key }: ObjectAddress) => JSON.stringify([bucket, key])
  return {
    get: (address) => heads.get(nameOf(address)),
    set (address, { bytes, etag, contentType, metadata }) {
      const name = nameOf(address)
      heads.delete(name)
      heads.set(name, { bytes, etag, contentType, metadata })
      const [oldest] = heads.keys()
      if (heads.size > MAX_VERSIONS && oldest !== undefined) heads.delete(oldest)
    }
  }
}

/**
 * Learns the version of a source in one request: of one that was met lately whether it is still the same (HEAD), of
 * another by reading its beginning, which is needed anyway.
 *
 * @throws PosterframeError `source_not_found`, and what the store throws
 */
export async function identifySource (
  source: UploadedSource | StoredSource,
  { store, versions }: { readonly store: ObjectStore, readonly versions: VersionMemory },
  signal: AbortSignal
): Promise<IdentifiedSource> {
  if (source.kind === 'upload') {
    return { source, identity: { sha256: source.sha256 }, etag: source.sha256, bytes: source.bytes }
  }
  const known = versions.get(source) === undefined ? undefined : await store.head(source, { signal })
  if (known === undefined && versions.get(source) !== undefined) throw new PosterframeError('source_not_found')
  const reader = await openObjectSource(store, source, { signal, ...(known === undefined ? {} : { known }) })
  versions.set(source, reader)
  return {
    source,
    identity: { bucket: source.bucket, key: source.key, etag: reader.etag },
    etag: reader.etag,
    bytes: reader.bytes,
    reader,
    headRequests: known === undefined ? 0 : 1
  }
}
