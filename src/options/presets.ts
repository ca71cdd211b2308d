import { Type } from 'typebox'
import { createBodyCheck } from '../input/check-input.ts'
import { PosterframeError } from '../errors.ts'
import { pictureOptions, PRESET_NAME_PATTERN } from './option-schemas.ts'
import { completeOptions, type RawThumbnailOptions } from './thumbnail-options.ts'

/** Named sets of options. */
export type Presets = ReadonlyMap<string, RawThumbnailOptions>

/** Options of a thumbnail that may name a preset. */
export interface PresetOptions extends RawThumbnailOptions {
  readonly preset?: string
}

const checkPresets = createBodyCheck(Type.Record(Type.String(), Type.Unknown()))
const checkPreset = createBodyCheck(Type.Object(pictureOptions, { additionalProperties: false }))

/** Parses presets from a JSON text; undefined if one has invalid options or an invalid name. */
export function parsePresets (text: string): Presets | undefined {
  try {
    const parsed = checkPresets(JSON.parse(text))
    if ('error' in parsed) return undefined
    const presets = Object.entries(parsed.value).map(([name, options]) => [name, readPreset(options)] as const)
    if (presets.length === 0 || presets.some(([name]) => !new RegExp(PRESET_NAME_PATTERN).test(name))) return undefined
    return new Map(presets)
  } catch {
    return undefined
  }
}

function readPreset (options: unknown): RawThumbnailOptions {
  const checked = checkPreset(options)
  if ('error' in checked) throw checked.error
  completeOptions(checked.value)
  return checked.value
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
      detail: `The service has no preset '${preset}'. Use one that its operator has defined in POSTERFRAME_PRESETS.`,
      members: { parameter: 'preset' }
    })
  }
  return { ...options, ...explicit }
}
