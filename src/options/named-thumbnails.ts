import { Type } from 'typebox'
import { createTextCheck } from '../check-input.ts'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { PRESET_NAME_PATTERN, requestOptions } from './option-schemas.ts'
import { completeOptions, type ThumbnailOptions } from './thumbnail-options.ts'
import { expandPreset, type Presets } from './presets.ts'

/** A set of options and what it is called: in reports, and as the alias of what is made with it. */
export interface NamedThumbnail {
  readonly name: string
  readonly options: ThumbnailOptions
}

/** A name that looks like a fingerprint could be taken for one. */
const FINGERPRINT = /^[0-9a-f]{32}$/
const checkOptions = createTextCheck(Type.Object(requestOptions, { additionalProperties: false }))

/**
 * Reads `name=option=value&option=value`, the options as in a query.
 *
 * @throws PosterframeError `invalid_request` or `invalid_timestamp`, as a request with these options would
 */
export function parseNamedThumbnail (text: string, presets: Presets): NamedThumbnail {
  const [, name = '', query] = /^([^=&]*)=(.*)$/s.exec(text) ?? []
  if (query === undefined || !new RegExp(PRESET_NAME_PATTERN).test(name) || FINGERPRINT.test(name)) {
    throw new PosterframeError('invalid_request', {
      detail: `${text.slice(0, 100)} is not written as name=option=value&option=value.`
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
 * Reads several, separated by semicolons: what every source is to have.
 *
 * @returns undefined where one is not so written, where a name stands there twice, and for one that would be made
 * anew each time
 */
export function parseNamedThumbnails (text: string, presets: Presets): readonly NamedThumbnail[] | undefined {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  try {
    const named = parts.map((part) => parseNamedThumbnail(part.includes('=') ? part : `${part}=`, presets))
    const isTwice = new Set(named.map(({ name }) => name)).size < named.length
    return named.length === 0 || isTwice || named.some(({ options }) => options.regenerate)
      ? undefined
      : Object.freeze(named)
  } catch (error) {
    if (isPosterframeError(error)) return undefined
    throw error
  }
}
