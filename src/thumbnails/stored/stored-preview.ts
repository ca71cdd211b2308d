import Type from 'typebox'
import type { ObjectLocation, ObjectStore } from '../../store/object-store.ts'
import { parseJson } from '../../store/stored-json.ts'
import type { Animation } from '../../video/image/animation.ts'
import type { PreviewInfo } from '../preview.ts'
import { IMMUTABLE } from './output-key.ts'

/** A preview in the store. */
export interface StoredPreview {
  readonly bytes: number
  readonly info: PreviewInfo
}

/** Metadata name of {@link PreviewInfo}. A name that begins with `posterframe` marks an object as generated. */
const PREVIEW_NAME = 'posterframe-preview'

const PreviewShape = Type.Object(
  {
    version: Type.Literal(1),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    frames: Type.Integer({ minimum: 1 }),
    framesPerSecond: Type.Number({ minimum: 0 }),
    moments: Type.Array(Type.Number({ minimum: 0 })),
    quality: Type.Integer({ minimum: 1, maximum: 100 }),
    warnings: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() }))
  },
  { additionalProperties: false }
)

/** Returns the preview at a location; undefined if there is no object, or none with complete metadata. */
export async function findPreview (
  store: ObjectStore,
  location: ObjectLocation,
  signal: AbortSignal
): Promise<StoredPreview | undefined> {
  const head = await store.head(location, { signal })
  const decoded = parseJson(head?.metadata[PREVIEW_NAME], PreviewShape)
  if (head === undefined || decoded === undefined) return undefined
  const { version, ...info } = decoded
  return { bytes: head.bytes, info }
}

/** Writes a preview, with metadata of everything that the response to a later request needs. */
export async function putPreview (
  store: ObjectStore,
  location: ObjectLocation,
  { data, contentType }: Pick<Animation, 'data' | 'contentType'>,
  info: PreviewInfo,
  signal: AbortSignal
): Promise<StoredPreview> {
  const metadata = { [PREVIEW_NAME]: JSON.stringify({ version: 1, ...info }) }
  await store.put(location, data, { signal, contentType, cacheControl: IMMUTABLE, metadata })
  return { bytes: data.length, info }
}
