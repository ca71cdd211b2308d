import { extname } from 'node:path'
import type { ListedSource } from './source-list.ts'

/** Why an object of a list is passed over: it is ours, no video by its name, empty, or what stands for a folder. */
export const SKIP_REASONS = ['output', 'type', 'empty', 'folder'] as const
/** One of {@link SKIP_REASONS}. */
export type SkipReason = (typeof SKIP_REASONS)[number]

/** What passes for a video. */
export interface SkipRules {
  readonly outputBucket: string
  readonly outputPrefix: string
  /**
   * Extensions in small letters, without dots, of what is taken alone; undefined: all but those that are something
   * else.
   */
  readonly extensions: readonly string[] | undefined
}

/** `{fingerprint}.{ext}`, or a part of a storyboard below its fingerprint. */
const OUR_NAME =
  /(^|\/)[0-9a-f]{32}(\.(jpg|webp|avif|png|failed)|\/(sheet-\d+\.(jpg|webp|avif)|storyboard\.(json|vtt)|signed-\d+\.vtt))$/

/**
 * What the files of a bucket with videos in it are besides videos. A name without an extension, or with another, may
 * be a video.
 */
const OTHER_TYPES = new Set([
  ...['jpg', 'jpeg', 'png', 'gif', 'webp', 'avif', 'heic', 'heif', 'svg', 'bmp', 'tif', 'tiff', 'ico', 'psd'],
  ...[
    'txt',
    'md',
    'csv',
    'tsv',
    'json',
    'jsonl',
    'ndjson',
    'xml',
    'yaml',
    'yml',
    'html',
    'htm',
    'css',
    'js',
    'mjs',
    'log',
    'pdf',
    'doc',
    'docx',
    'xls',
    'xlsx',
    'ppt',
    'pptx'
  ],
  ...['vtt', 'srt', 'ass', 'ttml', 'sub', 'm3u8', 'mpd', 'edl', 'nfo'],
  ...['mp3', 'm4a', 'aac', 'wav', 'flac', 'ogg', 'oga', 'opus', 'wma', 'aif', 'aiff'],
  ...['zip', 'gz', 'tgz', 'tar', 'bz2', 'xz', 'zst', '7z', 'rar', 'parquet', 'orc', 'avro'],
  ...['md5', 'sha1', 'sha256', 'part', 'tmp', 'failed']
])

/** Why a source is passed over without being asked for; undefined where it is not. */
export function findSkipReason (
  { bucket, key, bytes }: ListedSource,
  { outputBucket, outputPrefix, extensions }: SkipRules
): SkipReason | undefined {
  if (key.endsWith('/')) return 'folder'
  if (bucket === outputBucket && (outputPrefix === '' ? OUR_NAME.test(key) : key.startsWith(outputPrefix))) {
    return 'output'
  }
  if (bytes === 0) return 'empty'
  const extension = extname(key).slice(1).toLowerCase()
  const isTaken = extensions === undefined ? !OTHER_TYPES.has(extension) : extensions.includes(extension)
  return isTaken ? undefined : 'type'
}
