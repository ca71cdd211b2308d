import type { ObjectAddress, ObjectHead } from '../store/object-store.ts'
import { METADATA_NAME } from './stored/object-metadata.ts'

/** What a source may be, and where pictures go. */
export interface SourceRules {
  readonly outputBucket: string
  readonly outputPrefix: string
  readonly sourceBuckets: readonly string[]
  readonly sourcePrefixes?: readonly string[] | undefined
}

/** Names and types of what lies beside videos and is none. What is neither is tried: its bytes decide. */
const OTHER_NAME =
  /\.(jpe?g|png|gif|webp|avif|heic|svg|bmp|tiff?|ico|txt|md|csv|tsv|json|jsonl|xml|ya?ml|html?|css|js|vtt|srt|ass|m3u8|mpd|pdf|docx?|xlsx?|pptx?|zip|gz|tgz|7z|rar|tar|mp3|m4a|aac|wav|flac|opus|log|parquet|failed)$/i
const OTHER_TYPE =
  /^(image|text|audio|font)\/|^application\/(json|xml|pdf|zip|gzip|x-tar|javascript|x-mpegurl|vnd\.apple\.mpegurl|dash\+xml|problem\+json)\b/i

/** Why nothing is made of what lies at an address, whatever it holds; undefined where something may be. */
export function skipReasonOf ({ bucket, key }: ObjectAddress, rules: SourceRules): string | undefined {
  if (!rules.sourceBuckets.includes(bucket)) return 'the bucket is none of the source buckets'
  if (bucket === rules.outputBucket && rules.outputPrefix !== '' && key.startsWith(rules.outputPrefix)) {
    return 'the key is under the output prefix'
  }
  if (rules.sourcePrefixes?.some((prefix) => key.startsWith(prefix)) === false) {
    return 'the key is under none of the source prefixes'
  }
  if (key.endsWith('/')) return 'the key is that of a folder'
  return OTHER_NAME.test(key) ? 'the name is not that of a video' : undefined
}

/**
 * The same of an object whose head is known. What is made here bears a mark, and is never a source, wherever it was
 * copied to.
 */
export function skipReasonOfHead ({ bytes, contentType, metadata }: ObjectHead): string | undefined {
  if (bytes === 0) return 'the object is empty'
  if (Object.keys(metadata).some((name) => name.startsWith(METADATA_NAME))) return 'the object was made here'
  return OTHER_TYPE.test(contentType) ? 'the type is not that of a video' : undefined
}
