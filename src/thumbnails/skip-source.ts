import { extensionOf, VIDEO_EXTENSIONS } from '../options/containers.ts'
import type { ObjectLocation, ObjectHead } from '../store/object-store.ts'
import { METADATA_NAME } from './stored/object-metadata.ts'

/** The buckets and prefixes that sources are read from, and those that generated objects are written to. */
export interface SourceRules {
  readonly outputBucket: string
  readonly outputPrefix: string
  readonly sourceBuckets: readonly string[]
  readonly sourcePrefixes?: readonly string[] | undefined
}

/**
 * Extensions of the files that buckets commonly hold beside videos. A key with another extension, or with none, may be
 * a video: its bytes decide. `ogg` is not in the list, since an Ogg file may hold video; `oga` is, since it does not.
 */
const NON_VIDEO_EXTENSIONS: ReadonlySet<string> = new Set(
  [
    'jpg jpeg png gif webp avif heic heif svg bmp tif tiff ico psd',
    'txt md csv tsv json jsonl ndjson xml yaml yml html htm css js mjs log',
    'pdf doc docx xls xlsx ppt pptx',
    'vtt srt ass ttml sub m3u8 mpd edl nfo',
    'mp3 m4a aac wav flac oga opus wma aif aiff',
    'zip gz tgz tar bz2 xz zst 7z rar parquet orc avro',
    'md5 sha1 sha256 part tmp failed'
  ].flatMap((line) => line.split(' '))
)
const NON_VIDEO_TYPE =
  /^(image|text|audio|font)\/|^application\/(json|xml|pdf|zip|gzip|x-tar|javascript|x-mpegurl|vnd\.apple\.mpegurl|dash\+xml|problem\+json)\b/i

/** Returns whether the extension of a key is one that videos do not have. Events and backfills share this rule. */
export function hasNonVideoExtension (key: string): boolean {
  return NON_VIDEO_EXTENSIONS.has(extensionOf(key))
}

/** Returns the reason not to generate anything from an object, judged by its location; undefined if there is none. */
export function skipReasonOf ({ bucket, key }: ObjectLocation, rules: SourceRules): string | undefined {
  if (!rules.sourceBuckets.includes(bucket)) return 'the bucket is not a source bucket'
  if (bucket === rules.outputBucket && rules.outputPrefix !== '' && key.startsWith(rules.outputPrefix)) {
    return 'the key is under the output prefix'
  }
  if (rules.sourcePrefixes?.some((prefix) => key.startsWith(prefix)) === false) {
    return 'the key is outside the source prefixes'
  }
  if (key.endsWith('/')) return 'the key is a folder marker'
  return hasNonVideoExtension(key) ? `the extension .${extensionOf(key)} is not that of a video` : undefined
}

/**
 * Returns the reason not to generate anything from an object, judged by its head; undefined if there is none.
 * Generated objects carry metadata that marks them, so that a copy of one is never a source, whatever its bucket.
 * The content type counts only if the name is not that of a video: tables of media types have `audio/3gpp` for `.3gp`
 * and `text/vnd.trolltech.linguist` for `.ts`, and the bytes of a video decide.
 */
export function skipReasonOfHead (key: string, { bytes, contentType, metadata }: ObjectHead): string | undefined {
  if (bytes === 0) return 'the object is empty'
  if (Object.keys(metadata).some((name) => name.startsWith(METADATA_NAME))) return 'Posterframe generated the object'
  if (VIDEO_EXTENSIONS.includes(extensionOf(key))) return undefined
  return NON_VIDEO_TYPE.test(contentType) ? `the content type ${contentType} is not that of a video` : undefined
}
