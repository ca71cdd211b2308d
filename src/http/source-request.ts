import type { FastifyRequest } from 'fastify'
import { parameterError } from '../check-input.ts'
import { authoriseSource } from '../access/scope.ts'
import { PosterframeError } from '../errors.ts'
import type { PresetOptions } from '../options/presets.ts'
import type { StoredSource } from '../thumbnails/thumbnail.ts'
import { readIdentity } from './hooks/access.ts'

// eslint-disable-next-line no-control-regex -- they are what is refused
const CONTROL = /[\x00-\x1f\x7f]/

/**
 * A key as it may be asked for. The schema counts characters; S3 counts bytes of UTF-8, which a lone surrogate does
 * not have. Control characters are refused though S3 takes them: no upload has them by accident, and whatever prints
 * a key, a log or a terminal, would have to be right about them. So are the segments that a URL parser would resolve:
 * a key that begins as a scope allows could lead out of it.
 */
export function checkSourceKey (key: string): string {
  if (!key.isWellFormed() || Buffer.byteLength(key) > 1024) {
    throw parameterError('key', 'must be at most 1,024 bytes of valid Unicode')
  }
  if (CONTROL.test(key)) {
    throw new PosterframeError('forbidden_key', { detail: 'A key may not have control characters.' })
  }
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new PosterframeError('forbidden_key', { detail: 'A key may not have a segment "." or "..".' })
  }
  return key
}

/**
 * The source that a request names.
 *
 * @throws PosterframeError where its key is none, or lies outside of what the caller may see
 */
export function readSource (
  request: FastifyRequest,
  { key, bucket }: { readonly key: string, readonly bucket?: string | undefined },
  defaultBucket: string
): StoredSource {
  const source = { kind: 'stored', bucket: bucket ?? defaultBucket, key: checkSourceKey(key) } as const
  authoriseSource(readIdentity(request), source)
  return source
}

/**
 * Throws where the options are more, or less, than a preset: `unauthenticated` where a key would help, else
 * `invalid_request`.
 */
export function assertPresetOnly ({ preset, ...others }: PresetOptions, hasKeys: boolean): void {
  const [other] = Object.keys(others)
  if (other === undefined && preset !== undefined) return
  const refusal =
    other === undefined
      ? parameterError('preset', 'is missing, and without a key or a signed URL nothing else may be asked for')
      : parameterError(other, 'may be asked for with a key or a signed URL only')
  throw hasKeys
    ? new PosterframeError('unauthenticated', { detail: refusal.message, members: refusal.members })
    : refusal
}
