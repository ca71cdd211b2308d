import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import type { Image } from '../../video/image/encode-image.ts'
import { decodeMetadata, encodeMetadata, type ObjectMetadata } from './object-metadata.ts'
import type { ExtractedFrame } from '../../video/media/frame.ts'
import type { IdentifiedSource } from '../source-identity.ts'

/** A thumbnail that is in the store, and what was kept with it. */
export interface Stored {
  readonly bytes: number
  readonly contentType: string
  readonly info: ObjectMetadata
}

/** An output key is never written with other pixels, so a picture may be kept for ever by whoever fetched it. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable'

/** The thumbnail at an address; undefined where there is none, or none that Posterframe wrote whole. */
export async function findStored (
  store: ObjectStore,
  address: ObjectAddress,
  signal: AbortSignal
): Promise<Stored | undefined> {
  const head = await store.head(address, { signal })
  const info = head === undefined ? undefined : decodeMetadata(head.metadata)
  return head === undefined || info === undefined
    ? undefined
    : { bytes: head.bytes, contentType: head.contentType, info }
}

/** Writes a thumbnail and, with it, all that a later hit must answer. */
export async function putImage (
  store: ObjectStore,
  address: ObjectAddress,
  { image, frame, source }: { image: Image, frame: ExtractedFrame, source: IdentifiedSource },
  signal: AbortSignal
): Promise<Stored> {
  const info: ObjectMetadata = {
    width: image.width,
    height: image.height,
    timestamp: frame.timestampMicros / 1e6,
    keyFrame: frame.isKey,
    placeholder: image.placeholder,
    warnings: frame.warnings,
    source: { etag: source.etag, bytes: source.bytes, ...frame.source }
  }
  await store.put(address, image.data, {
    signal,
    contentType: image.contentType,
    cacheControl: CACHE_CONTROL,
    metadata: encodeMetadata(info)
  })
  return { bytes: image.data.length, contentType: image.contentType, info }
}
