import Type from 'typebox'
import type { ObjectLocation, ObjectStore } from '../../store/object-store.ts'
import { getJson } from '../../store/stored-json.ts'
import type { StoryboardManifest } from '../storyboard.ts'
import { IMMUTABLE } from './output-key.ts'
import { MANIFEST_NAME, signedVttName, VTT_NAME } from './own-names.ts'
import { writeVtt } from './write-vtt.ts'

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

/** The folder that holds the objects of one storyboard. */
export interface StoryboardFolder {
  locationOf(name: string): ObjectLocation
  /** Returns the manifest; undefined if the storyboard is missing or incomplete. */
  find(signal: AbortSignal): Promise<StoryboardManifest | undefined>
  putSheet(
    name: string,
    sheet: { readonly data: Buffer, readonly contentType: string },
    signal: AbortSignal
  ): Promise<void>
  /**
   * Writes the WebVTT whose cues name the sheets by relative URLs, and then the manifest, whose presence says that the
   * storyboard is complete.
   */
  finish(manifest: StoryboardManifest, signal: AbortSignal): Promise<void>
  /**
   * Writes a WebVTT whose cues name the sheets by URLs that live `expiresInSeconds`, and returns its name. The name
   * depends on that time alone, so that a file with URLs is only replaced by one whose URLs live longer.
   */
  putSignedVtt(
    manifest: StoryboardManifest,
    urls: readonly string[],
    expiresInSeconds: number,
    signal: AbortSignal
  ): Promise<string>
}

/** Opens the folder at a location whose key is the prefix of the keys of its objects. */
export function openStoryboardFolder (store: ObjectStore, folder: ObjectLocation): StoryboardFolder {
  const locationOf = (name: string) => ({ bucket: folder.bucket, key: `${folder.key}${name}` })

  async function put (
    name: string,
    bytes: Uint8Array,
    contentType: string,
    signal: AbortSignal,
    cacheControl = IMMUTABLE
  ): Promise<void> {
    signal.throwIfAborted()
    await store.put(locationOf(name), bytes, { signal, contentType, cacheControl, metadata: {} })
  }

  return {
    locationOf,

    async find (signal) {
      const options = { maxBytes: MAX_MANIFEST_BYTES, signal }
      return (await getJson(store, locationOf(MANIFEST_NAME), ManifestShape, options))?.value
    },

    putSheet: (name, { data, contentType }, signal) => put(name, data, contentType, signal),

    async finish (manifest, signal) {
      const sheetNames = manifest.sheets.map(({ name }) => name)
      await put(VTT_NAME, Buffer.from(writeVtt(manifest, sheetNames)), VTT_TYPE, signal)
      await put(MANIFEST_NAME, Buffer.from(JSON.stringify(manifest)), 'application/json', signal)
    },

    async putSignedVtt (manifest, urls, expiresInSeconds, signal) {
      const name = signedVttName(expiresInSeconds)
      await put(name, Buffer.from(writeVtt(manifest, urls)), VTT_TYPE, signal, 'private, no-cache')
      return name
    }
  }
}
