import { PosterframeError } from '../errors.ts'

const MAX_NAME_LENGTH = 100
const MAX_METADATA_LENGTH = 1000

/** Parts of the key of an upload. */
export interface UploadKeyParts {
  /** Ends with a slash, or is empty. */
  readonly uploadPrefix: string
  /** Prefixes that keys of the caller must have one of; undefined: any key. */
  readonly callerPrefixes: readonly string[] | undefined
  /** Prefixes that keys of sources must have one of; undefined: any key. */
  readonly sourcePrefixes: readonly string[] | undefined
  /** Random, so that every upload has a key of its own. */
  readonly id: string
  readonly filename: string
}

/**
 * Builds the key of an upload: `{first prefix that caller and sources allow}{prefix of uploads}{id}/{name}`, so that
 * the caller may read the object, and callers with other prefixes may not.
 *
 * @throws PosterframeError `forbidden_key` if the prefixes of the caller and of the sources exclude each other
 */
export function buildUploadKey (
  { uploadPrefix, callerPrefixes, sourcePrefixes, id, filename }: UploadKeyParts
): string {
  const callers = callerPrefixes ?? ['']
  const sources = sourcePrefixes ?? ['']
  const base =
    callers.find((caller) => sources.some((source) => caller.startsWith(source))) ??
    sources.find((source) => callers.some((caller) => source.startsWith(caller)))
  if (base === undefined) throw new PosterframeError('forbidden_key')
  return `${base}${uploadPrefix}${id}/${sanitiseName(filename)}`
}

/**
 * Returns a name of at most 100 characters of A-Z, a-z, 0-9, `.`, `_` and `-`, with the extension of the given one.
 * `video` replaces a name without any of them.
 */
export function sanitiseName (filename: string): string {
  const plain = filename
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
  const [, stem = '', extension = ''] = /^(.*?)(\.[A-Za-z0-9]{1,10})?$/.exec(plain) ?? []
  const trimmed = stem
    .replace(/^[._-]+/, '')
    .slice(0, MAX_NAME_LENGTH - extension.length)
    .replace(/[.-]+$/, '')
  return `${trimmed === '' ? 'video' : trimmed}${extension.toLowerCase()}`
}

/**
 * Encodes a name for the metadata of an object: ASCII, percent-encoded as in a URL, at most 1,000 bytes of whole
 * characters.
 */
export function encodeName (filename: string): string {
  let encoded = ''
  for (const character of filename.toWellFormed()) {
    const next = encodeURIComponent(character)
    if (encoded.length + next.length > MAX_METADATA_LENGTH) break
    encoded += next
  }
  return encoded
}
