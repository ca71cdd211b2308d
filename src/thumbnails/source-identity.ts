import type { ObjectByteSource } from '../video/source/object-byte-source.ts'
import type { StoredSource, UploadedSource } from './thumbnail.ts'

/** Identity of the bytes of a source: its location and ETag in a store, or the SHA-256 (hex) of an upload. */
export type SourceIdentity =
  { readonly bucket: string, readonly key: string, readonly etag: string } | { readonly sha256: string }

/** A source whose version was determined; keys of its derivatives depend on the version. */
export type IdentifiedSource = {
  readonly identity: SourceIdentity
  readonly etag: string
  readonly bytes: number
} & (
  | { readonly source: UploadedSource }
  | { readonly source: StoredSource, readonly reader: ObjectByteSource, readonly headRequests: number }
)
