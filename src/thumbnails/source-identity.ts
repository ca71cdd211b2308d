import type { ObjectByteSource } from '../video/source/object-byte-source.ts'
import type { StoredSource, UploadedSource } from './thumbnail.ts'

/** What identifies the bytes of a source: its place and entity tag in a store, or the SHA-256 (hex) of an upload. */
export type SourceIdentity =
  { readonly bucket: string, readonly key: string, readonly etag: string } | { readonly sha256: string }

/** A source whose version is known, so that everything about it can be named. */
export type IdentifiedSource = {
  readonly identity: SourceIdentity
  readonly etag: string
  readonly bytes: number
} & (
  | { readonly source: UploadedSource }
  | { readonly source: StoredSource, readonly reader: ObjectByteSource, readonly headRequests: number }
)
