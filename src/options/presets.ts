import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../errors.ts'
import { pictureOptions, PRESET_NAME_PATTERN } from './option-schemas.ts'
import { completeOptions, type RawThumbnailOptions } from './thumbnail-options.ts'

/** Named sets of options. */
export type Presets = ReadonlyMap<string, RawThumbnailOptions>

/** Options of a thumbnail that may name a preset. */
export interface PresetOptions extends RawThumbnailOptions {
  readonly preset?: string
}

const validator = Compile(Type.Record(Type.String(), Type.Object(pictureOptions, { additionalProperties: false })))

/** Parses presets from a JSON text; undefined if one has invalid options or an invalid name. */
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
 * Replaces the name of a preset with its options. Explicit options override the preset.
 *
 * @throws PosterframeError `invalid_request` for an unknown preset
 */
export function expandPreset (presets: Presets, { preset, ...explicit }: PresetOptions): RawThumbnailOptions {
  if (preset === undefined) return explicit
  const options = presets.get(preset)
  if (options === undefined) {
    throw new PosterframeError('invalid_request', {
      detail: 'Unknown preset. Use one that POSTERFRAME_PRESETS defines.',
      members: { parameter: 'preset' }
    })
  }
  return { ...options, ...explicit }
}
