import { createHash } from 'node:crypto'
import type { Config } from '../../config.ts'
import { parseNamedThumbnail } from '../../thumbnails/named-thumbnails.ts'
import { preset, pictureOptions, requestOptions } from '../../thumbnails/option-schemas.ts'
import { completeOptions, describePicture } from '../../thumbnails/options.ts'
import { PIPELINE_VERSION } from '../../thumbnails/output-key.ts'
import { expandPreset } from '../../thumbnails/presets.ts'
import { pickOptions, refuseUsage } from '../option-flags.ts'
import type { WantedThumbnail } from './make-source.ts'

const { expires: _urlsAreNotAnswered, ...options } = pictureOptions

/** The options of the API that a backfill takes for the one thumbnail of each source. */
export const backfillOptions = { ...options, preset, regenerate: requestOptions.regenerate }

/** What each source is to have: the named ones, or one by the options; throws `invalid_request` where both are given, or one is named twice. */
export function planWanted (given: Readonly<Record<string, unknown>>, names: readonly string[], { access: { presets } }: Pick<Config, 'access'>): readonly [WantedThumbnail, ...WantedThumbnail[]] {
  const raw = pickOptions(given, backfillOptions)
  const [first, ...others] = names.map((text) => parseNamedThumbnail(text, presets))
  if (first === undefined) return [{ options: completeOptions(expandPreset(presets, raw)) }]
  if (Object.keys(raw).length > 0) throw refuseUsage(`--${Object.keys(raw)[0]} stands beside --thumbnails: write it into each of them.`)
  const wanted = [first, ...others] as const
  const twice = wanted.find(({ name }, place) => wanted.some((other, otherPlace) => otherPlace < place && other.name === name))
  if (twice !== undefined) throw refuseUsage(`Two of --thumbnails are called ${twice.name}.`)
  return wanted
}

/** Names what is made of each source and where it goes, for the journal: the same where the output keys are the same, and nothing is made again. */
export function nameQuestion ({ outputBucket, outputPrefix }: Pick<Config, 'outputBucket' | 'outputPrefix'>, wanted: readonly WantedThumbnail[]): string {
  // To make it again is another question: what was found is not done.
  const pictures = wanted.map(({ options }) => `${describePicture(options)}${options.regenerate ? '&regenerate=true' : ''}`).sort()
  return createHash('sha256').update(JSON.stringify([PIPELINE_VERSION, outputBucket, outputPrefix, pictures])).digest('hex').slice(0, 16)
}
