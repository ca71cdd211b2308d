import { Type } from 'typebox'
import { createTextCheck } from '../input/check-input.ts'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { PRESET_NAME_PATTERN, requestOptions } from './option-schemas.ts'
import { hasTooManyPixels } from './output-pixels.ts'
import { completeOptions, type ThumbnailOptions } from './thumbnail-options.ts'
import { expandPreset, type Presets } from './presets.ts'

/** Options of a thumbnail under a name, which reports and the alias of the thumbnail have. */
export interface NamedThumbnail {
  readonly name: string
  readonly options: ThumbnailOptions
}

/** The form of fingerprints, which a name must not have: its alias would look like a generated object. */
const FINGERPRINT = /^[0-9a-f]{32}$/
const checkOptions = createTextCheck(Type.Object(requestOptions, { additionalProperties: false }))

/**
 * Parses `name=option=value&option=value`, with the options as in a query.
 *
 * @throws PosterframeError `invalid_request` or `invalid_timestamp`, as for a request with these options
 */
export function parseNamedThumbnail (text: string, presets: Presets): NamedThumbnail {
  const [, name = '', query] = /^([^=&]*)=(.*)$/s.exec(text) ?? []
  if (query === undefined) {
    throw new PosterframeError('invalid_request', {
      detail: `'${text.slice(0, 100)}' does not have the form name=option=value&option=value.`
    })
  }
  if (Object.hasOwn(requestOptions, name) && /^[^=&]+(&|$)/.test(query)) {
    throw new PosterframeError('invalid_request', {
      detail: `'${text.slice(0, 100)}' has no name. Begin with one: poster=${text.slice(0, 100)}.`
    })
  }
  if (!new RegExp(PRESET_NAME_PATTERN).test(name) || FINGERPRINT.test(name)) {
    throw new PosterframeError('invalid_request', {
      detail: `'${name.slice(0, 100)}' is not a valid name. Use up to 64 of A-Z, a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit, and not 32 hexadecimal digits.`
    })
  }
  const texts: Record<string, string | string[]> = {}
  for (const [option, value] of new URLSearchParams(query)) {
    texts[option] = Object.hasOwn(texts, option) ? [value, value] : value
  }
  const checked = checkOptions(texts)
  if ('error' in checked) throw checked.error
  return { name, options: completeOptions(expandPreset(presets, checked.value)) }
}

/**
 * Parses the named thumbnails of every source, separated by semicolons.
 *
 * @returns undefined if one is malformed, if a name occurs twice, if one has the option `regenerate`, or if all
 * have too many pixels together
 */
export function parseNamedThumbnails (text: string, presets: Presets): readonly NamedThumbnail[] | undefined {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  try {
    const named = parts.map((part) => parseNamedThumbnail(part.includes('=') ? part : `${part}=`, presets))
    const hasDuplicate = new Set(named.map(({ name }) => name)).size < named.length
    const options = named.map(({ options }) => options)
    const isInvalid = named.length === 0 || hasDuplicate || options.some(({ regenerate }) => regenerate)
    return isInvalid || hasTooManyPixels(options) ? undefined : Object.freeze(named)
  } catch (error) {
    if (isPosterframeError(error)) return undefined
    throw error
  }
}
