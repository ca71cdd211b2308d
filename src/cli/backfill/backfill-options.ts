import { createHash } from 'node:crypto'
import type { Config } from '../../config/config.ts'
import { preset, pictureOptions, requestOptions } from '../../options/option-schemas.ts'
import { completeOptions, describePicture } from '../../options/thumbnail-options.ts'
import { PIPELINE_VERSION } from '../../thumbnails/stored/output-key.ts'
import { expandPreset } from '../../options/presets.ts'
import { readNamedThumbnails } from '../named-thumbnails.ts'
import { pickOptions, usageError } from '../option-flags.ts'
import type { BackfillThumbnail } from './process-source.ts'

// A backfill returns no URLs, so there is none that could expire.
const { expires: _unused, ...options } = pictureOptions

/** Options of the API that a backfill accepts as flags, for a single thumbnail of each source. */
export const backfillOptions = { ...options, preset, regenerate: requestOptions.regenerate }

/**
 * Reads which thumbnails to generate for each source: the named ones, or one with the options of the flags.
 *
 * @param named the values of `--thumbnails`
 * @throws PosterframeError `invalid_request` if both are given, or if a name is used twice
 */
export function readThumbnails (
  flags: Readonly<Record<string, unknown>>,
  named: readonly string[],
  { access: { presets } }: Pick<Config, 'access'>
): readonly [BackfillThumbnail, ...BackfillThumbnail[]] {
  const raw = pickOptions(flags, backfillOptions)
  const [first, ...others] = readNamedThumbnails(named, presets)
  if (first === undefined) return [{ options: completeOptions(expandPreset(presets, raw)) }]
  const [flag] = Object.keys(raw)
  if (flag !== undefined) {
    throw usageError(
      `--${flag} cannot be combined with --thumbnails. Add the option to each of the --thumbnails, as in name=${flag}=...`
    )
  }
  return [first, ...others]
}

/**
 * Returns a hash of everything that determines the output keys of a backfill, for the journal. If it is equal, the
 * output keys are equal, and nothing has to be generated again.
 */
export function hashOptions (
  { outputBucket, outputPrefix }: Pick<Config, 'outputBucket' | 'outputPrefix'>,
  thumbnails: readonly BackfillThumbnail[]
): string {
  // `regenerate` is part of the hash: a run without it must not count as done for a run with it.
  const pictures = thumbnails
    .map(({ options }) => `${describePicture(options)}${options.regenerate ? '&regenerate=true' : ''}`)
    .sort()
  return createHash('sha256')
    .update(JSON.stringify([PIPELINE_VERSION, outputBucket, outputPrefix, pictures]))
    .digest('hex')
    .slice(0, 16)
}
