import type { FastifyRequest } from 'fastify'
import { parameterError } from '../input/check-input.ts'
import { authoriseSource, forbiddenBucketError } from '../access/scope.ts'
import { ERROR_CATALOGUE, isPosterframeError, PosterframeError } from '../errors.ts'
import { checkKey } from '../store/object-key.ts'
import type { PresetOptions } from '../options/presets.ts'
import type { StoredSource } from '../thumbnails/thumbnail.ts'
import { readIdentity } from './hooks/access.ts'
import type { AppSettings } from './services.ts'

// eslint-disable-next-line no-control-regex -- these are the characters to reject
const CONTROL = /[\x00-\x1f\x7f]/

/**
 * Returns a key that a caller may ask for. The schema counts characters; `checkKey` counts bytes of UTF-8 and rejects
 * segments that would lead out of the caller's scope. Control characters are rejected although S3 accepts them: no
 * upload has them by accident, and every log and terminal that prints a key would have to escape them.
 *
 * @throws PosterframeError `invalid_request`, `forbidden_key`
 */
export function checkSourceKey (key: string): string {
  try {
    checkKey(key)
  } catch (error) {
    if (!isPosterframeError(error, 'invalid_request')) throw error
    throw new PosterframeError('invalid_request', { detail: error.message, members: { parameter: 'key' } })
  }
  if (CONTROL.test(key)) {
    throw new PosterframeError('forbidden_key', {
      detail: 'The key contains control characters, which are not allowed. Rename the object.'
    })
  }
  return key
}

/**
 * Returns the source that a request names.
 *
 * @throws PosterframeError if the key is invalid or outside the caller's scope
 */
export function readSource (
  request: FastifyRequest,
  { key, bucket }: { readonly key: string, readonly bucket?: string | undefined },
  { defaultBucket, sourceBuckets }: Pick<AppSettings, 'defaultBucket' | 'sourceBuckets'>
): StoredSource {
  const identity = readIdentity(request)
  const source = { kind: 'stored', bucket: bucket ?? defaultBucket, key: checkSourceKey(key) } as const
  // Both checks of the bucket come first and together: their order must not tell a caller which one failed.
  if (bucket !== undefined && sourceBuckets?.includes(bucket) === false) throw forbiddenBucketError(bucket)
  authoriseSource(identity, { ...source, isDefaultBucket: bucket === undefined })
  return identity.isAnonymous && bucket === undefined ? { ...source, hidesBucket: true } : source
}

/**
 * Throws unless the options are exactly a preset: `unauthenticated` if an API key would help, else `invalid_request`.
 */
export function assertPresetOnly ({ preset, ...others }: PresetOptions, hasKeys: boolean): void {
  const [other] = Object.keys(others)
  if (other === undefined && preset !== undefined) return
  const error =
    other === undefined
      ? parameterError('preset', 'is missing; without an API key or a signed URL, requests must name a preset')
      : parameterError(other, 'requires an API key or a signed URL; other requests may only name a preset')
  if (!hasKeys) throw error
  const detail = `${error.message} ${ERROR_CATALOGUE.unauthenticated.detail}`
  throw new PosterframeError('unauthenticated', { detail, members: error.members })
}
