import Type from 'typebox'
import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import { parseJson } from '../../store/stored-json.ts'
import type { Animation } from '../../video/image/animation.ts'
import { IMMUTABLE } from './output-key.ts'
import type { PreviewInfo } from '../preview.ts'

/** A preview that is in the store. */
export interface StoredPreview {
  readonly bytes: number
  readonly info: PreviewInfo
}

/** The metadata name of its facts; whatever bears a name that begins so is Posterframe's own output. */
export const PREVIEW_NAME = 'posterframe-preview'

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
  { bytes, contentType }: Pick<Animation, 'bytes' | 'contentType'>,
  info: PreviewInfo,
  signal: AbortSignal
): Promise<StoredPreview> {
  const metadata = { [PREVIEW_NAME]: JSON.stringify({ version: 1, ...info }) }
  await store.put(address, bytes, { signal, contentType, cacheControl: IMMUTABLE, metadata })
  return { bytes: bytes.length, info }
}

function readFacts (text: string | undefined): PreviewInfo | undefined {
  const decoded = parseJson(text, FactsShape)
  if (decoded === undefined) return undefined
  const { version, ...info } = decoded
  return info
}
