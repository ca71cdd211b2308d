import Type from 'typebox'
import Value from 'typebox/value'
import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import type { Animation } from '../../video/image/animation.ts'
import type { PreviewInfo } from '../preview.ts'

/** A preview that is in the store. */
export interface StoredPreview {
  readonly bytes: number
  readonly info: PreviewInfo
}

/** The metadata name of its facts; whatever bears a name that begins so is Posterframe's own output. */
export const PREVIEW_NAME = 'posterframe-preview'
const CONTENT_TYPE = 'image/webp'
/** A key is never written with other pixels, so a preview may be kept for ever by whoever fetched it. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable'

const FactsShape = Type.Object(
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

/** The preview at an address; undefined where there is none, or none that Posterframe wrote whole. */
export async function findPreview (
  store: ObjectStore,
  address: ObjectAddress,
  signal: AbortSignal
): Promise<StoredPreview | undefined> {
  const head = await store.head(address, { signal })
  const info = head === undefined ? undefined : readFacts(head.metadata[PREVIEW_NAME])
  return head === undefined || info === undefined ? undefined : { bytes: head.bytes, info }
}

/** Writes a preview and, with it, all that a later hit must answer. */
export async function putPreview (
  store: ObjectStore,
  address: ObjectAddress,
  { data }: Pick<Animation, 'data'>,
  info: PreviewInfo,
  signal: AbortSignal
): Promise<StoredPreview> {
  const metadata = { [PREVIEW_NAME]: JSON.stringify({ version: 1, ...info }) }
  await store.put(address, data, { signal, contentType: CONTENT_TYPE, cacheControl: CACHE_CONTROL, metadata })
  return { bytes: data.length, info }
}

function readFacts (text: string | undefined): PreviewInfo | undefined {
  try {
    const info: unknown = JSON.parse(text ?? '')
    if (!Value.Check(FactsShape, info)) return undefined
    const { version, ...own } = info
    return own
  } catch {
    return undefined
  }
}
