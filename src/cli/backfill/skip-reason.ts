import { extensionOf, hasNonVideoExtension } from '../../thumbnails/skip-source.ts'
import { isOwnKey } from '../../thumbnails/stored/own-names.ts'
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

/** Why a source is passed over without being asked for; undefined where it is not. */
export function findSkipReason (
  { bucket, key, bytes }: ListedSource,
  { outputBucket, outputPrefix, extensions }: SkipRules
): SkipReason | undefined {
  if (key.endsWith('/')) return 'folder'
  if (bucket === outputBucket && (outputPrefix === '' ? isOwnKey(key) : key.startsWith(outputPrefix))) {
    return 'output'
  }
  if (bytes === 0) return 'empty'
  const mayBeVideo = extensions === undefined ? !hasNonVideoExtension(key) : extensions.includes(extensionOf(key))
  return mayBeVideo ? undefined : 'type'
}
