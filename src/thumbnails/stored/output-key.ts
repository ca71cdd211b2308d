import { createHash } from 'node:crypto'
import type { Format } from '../../options/frame-options.ts'
import type { PreviewFormat } from '../../options/preview-options.ts'
import { describePicture, OPTION_RANGES, type PictureOptions } from '../../options/thumbnail-options.ts'
import { hasDotSegment, MAX_KEY_BYTES } from '../../store/object-key.ts'
import type { SourceIdentity } from '../source-identity.ts'
import { failureName, FINGERPRINT_LENGTH, pictureName, signedVttName } from './own-names.ts'

/** Version of the pixels. Rises only when the same options on the same source give others; every key then changes. */
export const PIPELINE_VERSION = 3

/**
 * `Cache-Control` of an object at a key with a fingerprint: the key never gets other content, so that caches may keep
 * it forever.
 */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

const MAX_SOURCE_KEY_BYTES = 900
/** The longest name of an object of a storyboard, 17 bytes. */
const LONGEST_STORYBOARD_NAME = signedVttName(OPTION_RANGES.expires.maximum)

/**
 * Returns the key of a thumbnail: `{prefix}{source key}/{fingerprint}.{ext}`, at most 1,024 bytes of UTF-8 for a prefix
 * of up to 900. Equal options on the same version of a source have the same key; another version has another key.
 */
export function outputKey ({
  prefix,
  source,
  options
}: {
  readonly prefix: string
  readonly source: SourceIdentity
  readonly options: PictureOptions
}): string {
  const fingerprint = computeFingerprint('thumbnail', source, describePicture(options))
  return joinKey(prefix, source, pictureName(fingerprint, options.format))
}

/**
 * Returns the prefix of the keys of a storyboard, `{prefix}{source key}/{fingerprint}/`, short enough for every name of
 * its objects.
 *
 * @param options canonical text of the options that decide its pixels
 */
export function storyboardPrefix ({
  prefix,
  source,
  options
}: {
  readonly prefix: string
  readonly source: SourceIdentity
  readonly options: string
}): string {
  const fingerprint = computeFingerprint('storyboard', source, options)
  return joinKey(prefix, source, `${fingerprint}/${LONGEST_STORYBOARD_NAME}`).slice(0, -LONGEST_STORYBOARD_NAME.length)
}

/**
 * Returns the key of a preview, which has the form of a thumbnail's.
 *
 * @param options canonical text of the options that decide its pixels
 */
export function previewKey ({
  prefix,
  source,
  options,
  format
}: {
  readonly prefix: string
  readonly source: SourceIdentity
  readonly options: string
  readonly format: PreviewFormat
}): string {
  return joinKey(prefix, source, pictureName(computeFingerprint('preview', source, options), format))
}

/** Returns the key at which a permanent failure of a source is remembered, whatever the options. */
export function failureKey ({ prefix, source }: { readonly prefix: string, readonly source: SourceIdentity }): string {
  return joinKey(prefix, source, failureName(computeFingerprint('failure', source)))
}

/**
 * Returns the key of the alias of a named thumbnail, which pages can guess: `{prefix}{source key}/{name}.{ext}`. It has
 * the thumbnail of the current version of the source.
 */
export function aliasKey ({
  prefix,
  key,
  name,
  format
}: {
  readonly prefix: string
  readonly key: string
  readonly name: string
  readonly format: Format
}): string {
  return joinFolder(prefix, key, pictureName(name, format))
}

/** Returns the key of the failure record of a named thumbnail: `{prefix}{source key}/{name}.failed`. */
export function failureRecordKey ({
  prefix,
  key,
  name
}: {
  readonly prefix: string
  readonly key: string
  readonly name: string
}): string {
  return joinFolder(prefix, key, failureName(name))
}

/**
 * Returns the key prefixes of everything generated from a source: two, because over-long keys are replaced with a
 * hash.
 */
export function derivativePrefixes ({ prefix, key }: { readonly prefix: string, readonly key: string }): string[] {
  return [...(hasDotSegment(key) ? [] : [`${prefix}${key}/`]), `${prefix}${hashFolder(key)}/`]
}

function joinKey (prefix: string, source: SourceIdentity, fileName: string): string {
  return joinFolder(prefix, 'sha256' in source ? `uploads/${source.sha256}` : source.key, fileName)
}

function joinFolder (prefix: string, folder: string, fileName: string): string {
  const key = `${prefix}${folder}/${fileName}`
  const isTooLong = Buffer.byteLength(folder) > MAX_SOURCE_KEY_BYTES || Buffer.byteLength(key) > MAX_KEY_BYTES
  return isTooLong || hasDotSegment(folder) ? `${prefix}${hashFolder(folder)}/${fileName}` : key
}

function hashFolder (folder: string): string {
  return `sha256-${hash(folder)}`
}

function computeFingerprint (purpose: string, source: SourceIdentity, ...rest: string[]): string {
  const identity = 'sha256' in source ? ['upload', source.sha256] : ['stored', source.bucket, source.key, source.etag]
  // JSON keeps the parts apart: no bucket and key can be shifted into each other to look like another pair.
  return hash(JSON.stringify([PIPELINE_VERSION, purpose, ...identity, ...rest])).slice(0, FINGERPRINT_LENGTH)
}

function hash (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
