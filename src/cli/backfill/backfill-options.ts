import { createHash } from 'node:crypto'
import type { Config } from '../../config/config.ts'
import { parseNamedThumbnail } from '../../options/named-thumbnails.ts'
import { preset, pictureOptions, requestOptions } from '../../options/option-schemas.ts'
import { completeOptions, describePicture } from '../../options/thumbnail-options.ts'
import { PIPELINE_VERSION } from '../../thumbnails/stored/output-key.ts'
import { expandPreset } from '../../options/presets.ts'
import { pickOptions, usageError } from '../option-flags.ts'
import type { WantedThumbnail } from './process-source.ts'

const { expires: _urlsAreNotAnswered, ...options } = pictureOptions

/** The options of the API that a backfill takes for the one thumbnail of each source. */
export const backfillOptions = { ...options, preset, regenerate: requestOptions.regenerate }

/**
 * What each source is to have: the named ones, or one by the options; throws `invalid_request` where both are given,
 * or one is named twice.
 */
export function readWanted (
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
  { access: { presets } }: Pick<Config, 'access'>
): readonly [WantedThumbnail, ...WantedThumbnail[]] {
  const raw = pickOptions(given, backfillOptions)
  const [first, ...others] = names.map((text) => parseNamedThumbnail(text, presets))
  if (first === undefined) return [{ options: completeOptions(expandPreset(presets, raw)) }]
  if (Object.keys(raw).length > 0) {
    throw usageError(`--${Object.keys(raw)[0]} stands beside --thumbnails: write it into each of them.`)
  }
  const wanted = [first, ...others] as const
  const twice = wanted.find(({ name }, place) =>
    wanted.some((other, otherPlace) => otherPlace < place && other.name === name)
  )
  if (twice !== undefined) throw usageError(`Two of --thumbnails are called ${twice.name}.`)
  return wanted
}

/**
 * Names what is made of each source and where it goes, for the journal: the same where the output keys are the same,
 * and nothing is made again.
 */
export function describeOptions (
  { outputBucket, outputPrefix }: Pick<Config, 'outputBucket' | 'outputPrefix'>,
  wanted: readonly WantedThumbnail[]
): string {
  // To make it again is another question: what was found is not done.
  const pictures = wanted
    .map(({ options }) => `${describePicture(options)}${options.regenerate ? '&regenerate=true' : ''}`)
    .sort()
  return createHash('sha256')
    .update(JSON.stringify([PIPELINE_VERSION, outputBucket, outputPrefix, pictures]))
    .digest('hex')
    .slice(0, 16)
}
