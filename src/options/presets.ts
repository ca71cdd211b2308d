import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'
import { pictureOptions, PRESET_NAME_PATTERN } from './option-schemas.ts'
import { completeOptions, type RawThumbnailOptions } from './thumbnail-options.ts'

/** Named sets of options. */
export type Presets = ReadonlyMap<string, RawThumbnailOptions>

/** Options that may begin with a preset. */
export interface PresetOptions extends RawThumbnailOptions {
  readonly preset?: string
}

const validator = Compile(Type.Record(Type.String(), Type.Object(pictureOptions, { additionalProperties: false })))

/** The presets in a JSON text, each valid as the options of a request are; undefined where one is not. */
export function parsePresets (text: string): Presets | undefined {
  try {
    const presets: unknown = JSON.parse(text)
    if (!validator.Check(presets)) return undefined
    const entries = Object.entries(presets)
    if (entries.length === 0 || entries.some(([name]) => !new RegExp(PRESET_NAME_PATTERN).test(name))) return undefined
    for (const [, options] of entries) completeOptions(options)
    return new Map(entries)
  } catch {
    return undefined
  }
}

/**
 * Puts the options of the preset in the place of its name. One that is given beside it goes before the preset's own.
 *
 * @throws PosterframeError `invalid_request` for a name that is no preset
 */
export function expandPreset (presets: Presets, { preset, ...given }: PresetOptions): RawThumbnailOptions {
  if (preset === undefined) return given
  const options = presets.get(preset)
  if (options === undefined) {
    throw new PosterframeError('invalid_request', {
      detail: "'preset' is none of this service.",
      members: { parameter: 'preset' }
    })
  }
  return { ...options, ...given }
}
