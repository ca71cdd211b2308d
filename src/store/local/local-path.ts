import { createHash } from 'node:crypto'
import { PosterframeError } from '../../errors.ts'
import { checkKey } from '../object-key.ts'
import type { ObjectLocation } from '../object-store.ts'

/** Directory for the store's own files; no bucket can have this name. */
export const PRIVATE_DIRECTORY = '.posterframe'

/**
 * Path below the root of the store: directories, then the file. No segment is empty, `.` or `..`, or contains a slash
 * or NUL.
 */
export type LocalPath = readonly [string, ...string[]]

/** Possible paths of one object. No two locations share a path. */
export interface LocalPaths {
  /**
   * `<bucket>/<key>`, the path of files that users put there; undefined if the key is not a valid path.
   */
  readonly plain: LocalPath | undefined
  /**
   * Path if `plain` is undefined or taken: a key can be both a file and the directory of another key.
   */
  readonly hashed: LocalPath
}

// The rules of S3, plus capitals and underscores, which its oldest buckets have.
const BUCKET = /^[a-z0-9][a-z0-9._-]{0,62}$/i
const MAX_NAME_BYTES = 255
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Returns the paths of an object.
 *
 * @throws PosterframeError `invalid_request`, `forbidden_key` as `checkKey`; `forbidden_bucket` as `checkBucket`
 */
export function resolveLocalPaths ({ bucket, key }: ObjectLocation): LocalPaths {
  checkBucket(bucket)
  checkKey(key)
  const names = key.split('/')
  return {
    plain: names.every(isFileName) ? [bucket, ...names] : undefined,
    hashed: [PRIVATE_DIRECTORY, 'keys', bucket, hashKey(key)]
  }
}

/**
 * Returns the path of the type and metadata of one version of an object. The entity tag ties them to their bytes.
 */
export function sidecarPath ({ bucket, key }: ObjectLocation, etag: string): LocalPath {
  return hashedSidecarPath(bucket, hashKey(key), etag)
}

/** Returns the same path for the hash of a key. */
export function hashedSidecarPath (bucket: string, hash: string, etag: string): LocalPath {
  return [PRIVATE_DIRECTORY, 'metadata', bucket, `${hash}.${etag}.json`]
}

/** Throws `forbidden_bucket` unless the name is a single, visible directory. */
export function checkBucket (bucket: string): void {
  if (!BUCKET.test(bucket) || bucket.includes('..')) throw new PosterframeError('forbidden_bucket')
}

function isFileName (name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= MAX_NAME_BYTES && !CONTROL.test(name)
}

function hashKey (key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
