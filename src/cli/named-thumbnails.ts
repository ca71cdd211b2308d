import { type NamedThumbnail, parseNamedThumbnail } from '../options/named-thumbnails.ts'
import { assertOutputPixels } from '../options/output-pixels.ts'
import type { Presets } from '../options/presets.ts'
import { usageError } from './option-flags.ts'

/** The flag that names a thumbnail and its options, and may be repeated. */
export const THUMBNAILS_FLAG = '--thumbnails <name=options>'

/** Collects the values of a flag that may be repeated, as the `argParser` of commander. */
export function collectValues (text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text]
}

/**
 * Parses the values of `--thumbnails`.
 *
 * @throws PosterframeError `invalid_request` or `invalid_timestamp` if one is invalid, two have the same name, or all
 * have too many pixels together
 */
export function readNamedThumbnails (texts: readonly string[], presets: Presets): readonly NamedThumbnail[] {
  const thumbnails = texts.map((text) => parseNamedThumbnail(text, presets))
  const names = thumbnails.map(({ name }) => name)
  const duplicate = names.find((name, index) => names.indexOf(name) < index)
  if (duplicate !== undefined) {
    throw usageError(`Two of the --thumbnails are named '${duplicate}'. Give each a name of its own.`)
  }
  assertOutputPixels(thumbnails.map(({ options }) => options), '--thumbnails')
  return thumbnails
}
