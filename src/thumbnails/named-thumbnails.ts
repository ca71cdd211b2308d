import { Type } from 'typebox'
import { createTextCheck } from '../check-input.ts'
import { PosterframeError } from '../errors.ts'
import { PRESET_NAME_PATTERN, requestOptions } from './option-schemas.ts'
import { completeOptions, type ThumbnailOptions } from './options.ts'
import { expandPreset, type Presets } from './presets.ts'

/** A set of options and what it is called, which stands in reports. */
export interface NamedThumbnail {
  readonly name: string
  readonly options: ThumbnailOptions
}

const checkOptions = createTextCheck(Type.Object(requestOptions, { additionalProperties: false }))

/**
 * Reads `name=option=value&option=value`, the options as in a query.
 *
 * @throws PosterframeError `invalid_request` or `invalid_timestamp`, as a request with these options would
 */
export function parseNamedThumbnail (text: string, presets: Presets): NamedThumbnail {
  const [, name = '', query] = /^([^=&]*)=(.*)$/s.exec(text) ?? []
  if (query === undefined || !new RegExp(PRESET_NAME_PATTERN).test(name)) {
    throw new PosterframeError('invalid_request', { detail: `${text.slice(0, 100)} is not written as name=option=value&option=value.` })
  }
  const texts: Record<string, string | string[]> = {}
  for (const [option, value] of new URLSearchParams(query)) texts[option] = Object.hasOwn(texts, option) ? [value, value] : value
  const checked = checkOptions(texts)
  if ('error' in checked) throw checked.error
  return { name, options: completeOptions(expandPreset(presets, checked.value)) }
}
