import { createHash } from 'node:crypto'
import { describePicture, OPTION_RANGES } from '../../options/thumbnail-options.ts'
import type { PictureOptions } from '../../options/thumbnail-options.ts'
import type { Format } from '../../options/frame-options.ts'
import type { PreviewFormat } from '../../options/preview-options.ts'
import { failureName, FINGERPRINT_LENGTH, pictureName, signedVttName } from './own-names.ts'
import type { SourceIdentity } from '../source-identity.ts'

/** Rises only when the same options on the same source give other pixels; every thumbnail is then made anew. */
export const PIPELINE_VERSION = 3

/**
 * `Cache-Control` of an object at a key with a fingerprint: the key never gets other content, so that caches may hold
 * it for ever.
 */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

const MAX_KEY_BYTES = 1024
const MAX_SOURCE_KEY_BYTES = 900

/**
 * Where the thumbnail of a source is kept: `{prefix}{source key}/{fingerprint}.{ext}`, at most 1,024 bytes of UTF-8
 * for a prefix of up to 900. The same question always has the same key, and a changed source another one.
 */
export function outputKey (plan: {
  readonly prefix: string
  readonly source: SourceIdentity
  readonly options: PictureOptions
}): string {
  const fingerprint = takeFingerprint('thumbnail', plan.source, describePicture(plan.options))
  return joinKey(plan.prefix, plan.source, pictureName(fingerprint, plan.options.format))
}

/** The longest name that a part of a storyboard has. */
const LONGEST_PART = signedVttName(OPTION_RANGES.expires.maximum)

/**
 * What the keys of the parts of a storyboard begin with, `{prefix}{source key}/{fingerprint}/`: a name comes after
 * it, of at most 17 bytes.
 *
 * @param options the canonical text of what decides its pictures
 */
export function storyboardPrefix (plan: {
  readonly prefix: string
  readonly source: SourceIdentity
  readonly options: string
}): string {
  const key = joinKey(
    plan.prefix,
    plan.source,
    `${takeFingerprint('storyboard', plan.source, plan.options)}/${LONGEST_PART}`
  )
  return key.slice(0, -LONGEST_PART.length)
}

/**
 * Where a preview is kept, shaped as the key of a thumbnail.
 *
 * @param options the canonical text of what decides its pixels
 */
export function previewKey (plan: {
  readonly prefix: string
  readonly source: SourceIdentity
  readonly options: string
  readonly format: PreviewFormat
}): string {
  const fingerprint = takeFingerprint('preview', plan.source, plan.options)
  return joinKey(plan.prefix, plan.source, pictureName(fingerprint, plan.format))
}

/** Where it is remembered that a source can never become a picture, whatever the options. Shaped as an output key. */
export function failureKey (plan: { readonly prefix: string, readonly source: SourceIdentity }): string {
  return joinKey(plan.prefix, plan.source, failureName(takeFingerprint('failure', plan.source)))
}

/**
 * Where a thumbnail of the present version of a source is found by a name that a page can guess: `{prefix}{source
 * key}/{name}.{ext}`.
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

/** Where it stands why a source has no thumbnail of that name: `{prefix}{source key}/{name}.failed`. */
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
 * What the keys of all that is made of a source begin with; there are two, since one stands for what would be too
 * long.
 */
export function derivativePrefixes ({ prefix, key }: { readonly prefix: string, readonly key: string }): string[] {
  return [...(climbs(key) ? [] : [`${prefix}${key}/`]), `${prefix}${hashFolder(key)}/`]
}

function joinKey (prefix: string, source: SourceIdentity, fileName: string): string {
  return joinFolder(prefix, 'sha256' in source ? `uploads/${source.sha256}` : source.key, fileName)
}

function joinFolder (prefix: string, folder: string, fileName: string): string {
  const key = `${prefix}${folder}/${fileName}`
  const isTooLong = Buffer.byteLength(folder) > MAX_SOURCE_KEY_BYTES || Buffer.byteLength(key) > MAX_KEY_BYTES
  return isTooLong || climbs(folder) ? `${prefix}${hashFolder(folder)}/${fileName}` : key
}

function hashFolder (folder: string): string {
  return `sha256-${hash(folder)}`
}

/** URL parsers and some stores resolve dot segments, which would lead such a key out of the output prefix. */
function climbs (key: string): boolean {
  return key.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')
}

function takeFingerprint (purpose: string, source: SourceIdentity, ...rest: string[]): string {
  const identity = 'sha256' in source ? ['upload', source.sha256] : ['stored', source.bucket, source.key, source.etag]
  // JSON keeps the parts apart: no bucket and key can be shifted into each other to look like another pair.
  return hash(JSON.stringify([PIPELINE_VERSION, purpose, ...identity, ...rest])).slice(0, FINGERPRINT_LENGTH)
}

function hash (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
