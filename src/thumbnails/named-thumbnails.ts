import { Type } from 'typebox'
import { createTextCheck } from '../check-input.ts'
import { pictureOptions, preset, PRESET_NAME_PATTERN } from './option-schemas.ts'
import { completeOptions, type ThumbnailOptions } from './options.ts'
import { expandPreset, type Presets } from './presets.ts'

/** A thumbnail that every source gets, and what its alias is called. */
export interface NamedThumbnail {
  readonly name: string
  readonly options: ThumbnailOptions
}

const checkOptions = createTextCheck(Type.Object({ ...pictureOptions, preset }, { additionalProperties: false }))

/** A name that looks like a fingerprint could be taken for one. */
const FINGERPRINT = /^[0-9a-f]{32}$/

/**
 * Reads `name=options`, separated by semicolons, the options written as in a query: `poster=timestamp=auto&width=640;small=preset=card`.
 *
 * @returns undefined for what is not so written, for options that are none, and for a name that stands there twice
 */
export function parseNamedThumbnails (text: string, presets: Presets): readonly NamedThumbnail[] | undefined {
  try {
    const named = text.split(';').map((part) => part.trim()).filter((part) => part !== '').map((part) => readNamed(part, presets))
    return named.length === 0 || new Set(named.map(({ name }) => name)).size < named.length ? undefined : Object.freeze(named)
  } catch {
    return undefined
  }
}

function readNamed (part: string, presets: Presets): NamedThumbnail {
  const [, name = '', query = ''] = /^([^=]+)(?:=(.*))?$/.exec(part) ?? []
  if (!new RegExp(PRESET_NAME_PATTERN).test(name) || FINGERPRINT.test(name)) throw new RangeError('no name')
  const texts = new URLSearchParams(query)
  const checked = checkOptions(Object.fromEntries([...new Set(texts.keys())].map((key) => [key, texts.getAll(key).length > 1 ? texts.getAll(key) : texts.get(key)])))
  if ('error' in checked) throw checked.error
  return { name, options: completeOptions(expandPreset(presets, checked.value)) }
}
