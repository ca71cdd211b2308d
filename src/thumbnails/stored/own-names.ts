import { fileExtensions, PICTURE_FORMATS, type PictureFormat } from '../../options/formats.ts'
import { SHEET_FORMATS, type SheetFormat } from '../../options/storyboard-options.ts'

/** Length of the fingerprint that names a generated object: the first hexadecimal digits of a SHA-256. */
export const FINGERPRINT_LENGTH = 32
/** Extension of the records of failures. */
const FAILURE_EXTENSION = 'failed'

/** Name of the manifest of a storyboard in its folder. */
export const MANIFEST_NAME = 'storyboard.json'
/** Name of the WebVTT whose cues name the sheets by relative URLs. */
export const VTT_NAME = 'storyboard.vtt'

/** Returns the name of the WebVTT whose cues hold URLs that live `expiresInSeconds`. */
export function signedVttName (expiresInSeconds: number): string {
  return `signed-${expiresInSeconds}.vtt`
}

/** Returns the name of a sheet of a storyboard; sheets are counted from 1. */
export function sheetName (number: number, format: SheetFormat): string {
  return `sheet-${number}.${PICTURE_FORMATS[format].extension}`
}

/** Returns the name of a picture: `{fingerprint or alias}.{extension}`. */
export function pictureName (stem: string, format: PictureFormat): string {
  return `${stem}.${PICTURE_FORMATS[format].extension}`
}

/** Returns the name of the record of a failure: `{fingerprint or alias}.failed`. */
export function failureName (stem: string): string {
  return `${stem}.${FAILURE_EXTENSION}`
}

const anyOf = (alternatives: readonly string[]) => `(?:${alternatives.join('|')})`

const EXTENSION = anyOf([...fileExtensions(Object.keys(PICTURE_FORMATS) as PictureFormat[]), FAILURE_EXTENSION])
const STORYBOARD_PART = anyOf([
  'storyboard\\.(?:json|vtt)',
  'signed-\\d+\\.vtt',
  `sheet-\\d+\\.${anyOf(fileExtensions(SHEET_FORMATS))}`
])
const GENERATED = `[0-9a-f]{${FINGERPRINT_LENGTH}}(?:\\.${EXTENSION}|/${STORYBOARD_PART})$`
const GENERATED_NAME = new RegExp(`^${GENERATED}`)
const GENERATED_KEY = new RegExp(`(?:^|/)${GENERATED}`)
const ALIAS_EXTENSION = new RegExp(`^${EXTENSION}$`)

/**
 * Returns whether a name below the prefix of a source is one that Posterframe gives, to a generated object or to one of
 * `aliases`. Other names may belong to other sources, whose keys begin with the key of this one.
 */
export function isOwnName (name: string, aliases: readonly string[]): boolean {
  return (
    GENERATED_NAME.test(name) ||
    aliases.some((alias) => name.startsWith(`${alias}.`) && ALIAS_EXTENSION.test(name.slice(alias.length + 1)))
  )
}

/** Returns whether a key has the form of a generated object's, whatever the prefix; an alias has no form of its own. */
export function isOwnKey (key: string): boolean {
  return GENERATED_KEY.test(key)
}
