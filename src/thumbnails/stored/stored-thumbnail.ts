import { buffer } from 'node:stream/consumers'
import type { ObjectLocation, ObjectStore } from '../../store/object-store.ts'
import type { Image } from '../../video/image/encode-image.ts'
import type { ExtractedFrame } from '../../video/media/frame.ts'
import type { IdentifiedSource } from '../source-identity.ts'
import { decodeMetadata, encodeMetadata, type ObjectMetadata } from './object-metadata.ts'
import { IMMUTABLE } from './output-key.ts'

/** A thumbnail in the store. */
export interface StoredThumbnail {
  readonly bytes: number
  readonly contentType: string
  readonly info: ObjectMetadata
}

/** Metadata name of the fingerprint of the thumbnail that an alias is a copy of. */
const ALIAS_NAME = 'posterframe-alias'
/** `Cache-Control` of an alias, whose content changes with its source. */
const ALIAS_CACHE_CONTROL = 'public, max-age=300'

/** Returns the thumbnail at a location; undefined if there is no object, or none with complete metadata. */
export async function findThumbnail (
  store: ObjectStore,
  location: ObjectLocation,
  signal: AbortSignal
): Promise<StoredThumbnail | undefined> {
  const head = await store.head(location, { signal })
  const info = head === undefined ? undefined : decodeMetadata(head.metadata)
  return head === undefined || info === undefined
    ? undefined
    : { bytes: head.bytes, contentType: head.contentType, info }
}

/** Writes a thumbnail, with metadata of everything that the response to a later request needs. */
export async function putImage (
  store: ObjectStore,
  location: ObjectLocation,
  { image, frame, source }: { image: Image, frame: ExtractedFrame, source: IdentifiedSource },
  signal: AbortSignal
): Promise<StoredThumbnail> {
  const info: ObjectMetadata = {
    width: image.width,
    height: image.height,
    timestamp: frame.timestampMicros / 1e6,
    keyFrame: frame.isKey,
    placeholder: image.placeholder,
    warnings: [...frame.warnings, ...image.warnings],
    source: { etag: source.etag, bytes: source.bytes, ...frame.source }
  }
  await store.put(location, image.data, {
    signal,
    contentType: image.contentType,
    cacheControl: IMMUTABLE,
    metadata: encodeMetadata(info)
  })
  return { bytes: image.data.length, contentType: image.contentType, info }
}

/** Copies a thumbnail and its metadata to an alias, unless the alias is a copy of it already. */
export async function putAlias (
  store: ObjectStore,
  alias: ObjectLocation,
  thumbnail: ObjectLocation,
  signal: AbortSignal
): Promise<void> {
  const fingerprint = thumbnail.key.slice(thumbnail.key.lastIndexOf('/') + 1)
  if ((await store.head(alias, { signal }))?.metadata[ALIAS_NAME] === fingerprint) return
  const { body, contentType, metadata } = await store.get({ bucket: thumbnail.bucket, key: thumbnail.key }, { signal })
  await store.put(alias, await buffer(body), {
    signal,
    contentType,
    cacheControl: ALIAS_CACHE_CONTROL,
    metadata: { ...metadata, [ALIAS_NAME]: fingerprint }
  })
}
