import { PosterframeError } from '../errors.ts'

const MAX_NAME_LENGTH = 100
const MAX_METADATA_LENGTH = 1000

/** What an upload's key is made of. */
export interface UploadKeyParts {
  /** Ends with a slash, or is empty. */
  readonly uploadPrefix: string
  /** What the caller's keys have to begin with; undefined: anything. */
  readonly callerPrefixes: readonly string[] | undefined
  /** What all keys have to begin with; undefined: anything. */
  readonly sourcePrefixes: readonly string[] | undefined
  /** Random, so that no upload meets another. */
  readonly id: string
  readonly filename: string
}

/**
 * The key of an upload: `{the caller's first prefix, or the first that all have}{prefix of uploads}{id}/{name}`, so
 * that who may upload may read it again, and nobody whose prefixes are others. Throws `forbidden_key` where the
 * prefixes exclude each other.
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
 * A name of at most 100 plain characters, with the ending of the one that was given; `video` where nothing is left of
 * it.
 */
export function sanitiseName (filename: string): string {
  const plain = filename
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
  const [, stem = '', ending = ''] = /^(.*?)(\.[A-Za-z0-9]{1,10})?$/.exec(plain) ?? []
  const trimmed = stem
    .replace(/^[._-]+/, '')
    .slice(0, MAX_NAME_LENGTH - ending.length)
    .replace(/[.-]+$/, '')
  return `${trimmed === '' ? 'video' : trimmed}${ending.toLowerCase()}`
}

/**
 * The name as it was given, for the metadata of an object: in ASCII, percent-encoded as in a URL, cut to whole
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
