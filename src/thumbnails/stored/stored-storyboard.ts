import { buffer } from 'node:stream/consumers'
import Type from 'typebox'
import Value from 'typebox/value'
import { isPosterframeError } from '../../errors.ts'
import type { ObjectAddress, ObjectStore } from '../../store/object-store.ts'
import type { StoryboardManifest } from '../storyboard.ts'
import { writeVtt } from './write-vtt.ts'

/** Keys are never written with other pixels, so what lies there may be kept for ever by whoever fetched it. */
const IMMUTABLE = 'public, max-age=31536000, immutable'
const VTT_TYPE = 'text/vtt; charset=utf-8'
const MAX_MANIFEST_BYTES = 1024 * 1024

const count = Type.Integer({ minimum: 0 })
const ManifestShape = Type.Object({
  version: Type.Literal(1),
  sheets: Type.Array(Type.Object({ name: Type.String(), width: count, height: count })),
  tiles: Type.Array(
    Type.Object({ timestamp: Type.Number(), sheet: count, x: count, y: count, width: count, height: count })
  ),
  tileWidth: count,
  tileHeight: count,
  duration: Type.Union([Type.Number(), Type.Null()]),
  warnings: Type.Array(Type.Object({ code: Type.String(), detail: Type.String() }))
})

/** The folder that a storyboard is kept in. */
export interface StoryboardFolder {
  addressOf(name: string): ObjectAddress
  /** What is kept of it; undefined where it is not there whole. */
  find(signal: AbortSignal): Promise<StoryboardManifest | undefined>
  keepSheet(
    name: string,
    sheet: { readonly data: Buffer, readonly contentType: string },
    signal: AbortSignal
  ): Promise<void>
  /**
   * Writes the WebVTT whose cues name the sheets as they lie beside it, and the manifest last: it says that all is
   * there.
   */
  finish(manifest: StoryboardManifest, signal: AbortSignal): Promise<void>
  /**
   * Writes a WebVTT whose cues name the sheets by URLs that live `expiresInSeconds`; answers its name. One that lives
   * as long is only ever replaced by a later one.
   */
  keepSigned(
    manifest: StoryboardManifest,
    urls: readonly string[],
    expiresInSeconds: number,
    signal: AbortSignal
  ): Promise<string>
}

/** The name of the manifest in its folder. */
export const MANIFEST_NAME = 'storyboard.json'

/** The folder whose keys begin with `prefix`. */
export function openStoryboardFolder (store: ObjectStore, bucket: string, prefix: string): StoryboardFolder {
  const addressOf = (name: string) => ({ bucket, key: `${prefix}${name}` })

  async function put (
    name: string,
    bytes: Uint8Array,
    contentType: string,
    signal: AbortSignal,
    cacheControl = IMMUTABLE
  ): Promise<void> {
    signal.throwIfAborted()
    await store.put(addressOf(name), bytes, { signal, contentType, cacheControl, metadata: {} })
  }

  return {
    addressOf,

    async find (signal) {
      try {
        const { bytes, body } = await store.get(addressOf(MANIFEST_NAME), {
          signal,
          range: { start: 0, end: MAX_MANIFEST_BYTES + 1 }
        })
        const text = (await buffer(body)).toString()
        return bytes > MAX_MANIFEST_BYTES ? undefined : readManifest(text)
      } catch (error) {
        if (isPosterframeError(error, 'source_not_found')) return undefined
        throw error
      }
    },

    keepSheet: (name, { data, contentType }, signal) => put(name, data, contentType, signal),

    async finish (manifest, signal) {
      await put(
        'storyboard.vtt',
        Buffer.from(
          writeVtt(
            manifest,
            manifest.sheets.map(({ name }) => name)
          )
        ),
        VTT_TYPE,
        signal
      )
      await put(MANIFEST_NAME, Buffer.from(JSON.stringify(manifest)), 'application/json', signal)
    },

    async keepSigned (manifest, urls, expiresInSeconds, signal) {
      const name = `signed-${expiresInSeconds}.vtt`
      await put(name, Buffer.from(writeVtt(manifest, urls)), VTT_TYPE, signal, 'private, no-cache')
      return name
    }
  }
}

function readManifest (text: string): StoryboardManifest | undefined {
  try {
    const manifest: unknown = JSON.parse(text)
    return Value.Check(ManifestShape, manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}
