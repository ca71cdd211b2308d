import { createHash } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import { checkKey } from '../object-key.ts'
import type { ObjectAddress } from '../object-store.ts'

/** What the local store keeps for itself; no bucket may be called so. */
export const PRIVATE_DIRECTORY = '.posterframe'

/** Names below the root of the store: directories, then the file. None is empty, `.`, `..` or has a slash or NUL. */
export type LocalPath = readonly [string, ...string[]]

/** Where one object may be. No two addresses share a path. */
export interface LocalPaths {
  /**
   * `<bucket>/<key>`, where a user would drop a file; `undefined` where the key is no path that a file system takes.
   */
  readonly plain: LocalPath | undefined
  /**
   * Where the object goes when `plain` is not there or taken: a key may be both a file and the directory of another.
   */
  readonly hashed: LocalPath
}

// S3's rules, and capitals and underscores, as its oldest buckets had them.
const BUCKET = /^[a-z0-9][a-z0-9._-]{0,62}$/i
const MAX_NAME_BYTES = 255
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Plans the paths of an object. Throws `invalid_request` or `forbidden_key` as `checkKey` does, and
 * `forbidden_bucket`.
 */
export function resolveLocalPaths ({ bucket, key }: ObjectAddress): LocalPaths {
  checkBucket(bucket)
  checkKey(key)
  const names = key.split('/')
  return {
    plain: names.every(isFileName) ? [bucket, ...names] : undefined,
    hashed: [PRIVATE_DIRECTORY, 'keys', bucket, hashKey(key)]
  }
}

/**
 * Where the type and metadata of one version of an object stand. The entity tag ties them to the bytes they came
 * with.
 */
export function sidecarPath ({ bucket, key }: ObjectAddress, etag: string): LocalPath {
  return hashedSidecarPath(bucket, hashKey(key), etag)
}

/** The same for a key of which the hash is known alone. */
export function hashedSidecarPath (bucket: string, hash: string, etag: string): LocalPath {
  return [PRIVATE_DIRECTORY, 'metadata', bucket, `${hash}.${etag}.json`]
}

/** Throws `forbidden_bucket` for a name that is no single, visible directory. */
export function checkBucket (bucket: string): void {
  if (!BUCKET.test(bucket) || bucket.includes('..')) throw new PosterframeError('forbidden_bucket')
}

function isFileName (name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= MAX_NAME_BYTES && !CONTROL.test(name)
}

function hashKey (key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
