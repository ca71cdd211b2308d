import { buffer } from 'node:stream/consumers'
import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import type { Thumbnail } from '../thumbnail.ts'

/** The metadata name by which an alias says which thumbnail it repeats. */
const ALIAS_NAME = 'posterframe-alias'

/** The picture at an alias changes with its source. */
const CACHE_CONTROL = 'public, max-age=300'

/**
 * Sees to it that the picture of `thumbnail`, and all that is kept with it, is at the alias too. One that is there
 * already is not written again.
 */
export async function putAlias (
  store: ObjectStore,
  alias: ObjectAddress,
  thumbnail: Thumbnail,
  signal: AbortSignal
): Promise<void> {
  const fingerprint = thumbnail.key.slice(thumbnail.key.lastIndexOf('/') + 1)
  if ((await store.head(alias, { signal }))?.metadata[ALIAS_NAME] === fingerprint) return
  const { body, contentType, metadata } = await store.get({ bucket: thumbnail.bucket, key: thumbnail.key }, { signal })
  const data = await buffer(body)
  await store.put(alias, data, {
    signal,
    contentType,
    cacheControl: CACHE_CONTROL,
    metadata: { ...metadata, [ALIAS_NAME]: fingerprint }
  })
}
