import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { deriveEtag, hasErrorCode } from './local-file.ts'
import { PRIVATE_DIRECTORY } from './local-path.ts'
import { readSidecarKey } from './local-sidecar.ts'
import type { ListedObject } from '../object-store.ts'

/** Options of a listing, which holds one directory per level in memory. */
export interface ListingOptions {
  readonly prefix: string
  readonly signal: AbortSignal
}

/**
 * Lists the objects of a bucket below `root` whose keys begin with the prefix: first those whose keys are paths,
 * ordered by the bytes of their keys, then the others. Symbolic links are skipped, because the store does not follow
 * them.
 */
export async function * listLocalObjects (
  root: string,
  bucket: string,
  { prefix, signal }: ListingOptions
): AsyncGenerator<ListedObject> {
  yield * listPlain('')
  yield * listHashed()

  async function * listPlain (folder: string): AsyncGenerator<ListedObject> {
    for (const name of await readNames(join(root, bucket, folder))) {
      const key = folder + name
      if (name.endsWith('/')) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield * listPlain(key)
      } else if (key.startsWith(prefix)) {
        const file = await measure(join(root, bucket, key))
        signal.throwIfAborted()
        if (file !== undefined) yield { key, ...file }
      }
    }
  }

  async function * listHashed (): AsyncGenerator<ListedObject> {
    const directory = join(root, PRIVATE_DIRECTORY, 'keys', bucket)
    for (const name of await readNames(directory)) {
      const file = await measure(join(directory, name))
      const key = file && (await readSidecarKey(root, bucket, name, file.etag))
      signal.throwIfAborted()
      if (file !== undefined && key?.startsWith(prefix) === true) yield { key, ...file }
    }
  }
}

/** Returns the names of files, and of directories with a slash at the end, because keys are ordered with it. */
async function readNames (directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    const names = entries.flatMap((entry) =>
      entry.isDirectory() ? [`${entry.name}/`] : entry.isFile() ? [entry.name] : []
    )
    return names
      .map((name) => Buffer.from(name))
      .sort((one, other) => Buffer.compare(one, other))
      .map(String)
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

async function measure (path: string): Promise<Pick<ListedObject, 'bytes' | 'etag'> | undefined> {
  try {
    const stats = await lstat(path, { bigint: true })
    return stats.isFile() ? { bytes: Number(stats.size), etag: deriveEtag(stats) } : undefined
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
