import { constants, type BigIntStats } from 'node:fs'
import { lstat, mkdir, open, realpath, rename, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PosterframeError } from '../../errors.ts'
import type { LocalPath } from './local-path.ts'

/** An open file and its properties. The caller closes `handle`. */
export interface LocalFile {
  readonly handle: FileHandle
  readonly bytes: number
  readonly etag: string
}

// O_NONBLOCK: opening a FIFO in the place of a video must not hang.
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Opens a regular file below `root` (a real path); undefined if there is none. Throws `forbidden_key` for a path
 * through a symbolic link, which could lead out of the store or to the store's own secrets.
 */
export async function openLocalFile (root: string, path: LocalPath): Promise<LocalFile | undefined> {
  const absolute = join(root, ...path)
  let handle: FileHandle | undefined
  try {
    handle = await open(absolute, READ_ONLY)
    if ((await realpath(dirname(absolute))) !== dirname(absolute)) throw linkError()
    const stats = await handle.stat({ bigint: true })
    if (stats.isFile()) return { handle, bytes: Number(stats.size), etag: deriveEtag(stats) }
  } catch (error) {
    await handle?.close()
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ENXIO', 'ENAMETOOLONG')) return undefined
    throw hasErrorCode(error, 'ELOOP') ? linkError() : error
  }
  await handle.close()
  return undefined
}

/**
 * Moves a file to its place below `root`, replacing what was there, and creates directories on the way. Returns false
 * if a directory has the name, or a file has the name of a directory on the way. Throws `forbidden_key` like {@link
 * openLocalFile}.
 */
export async function placeLocalFile (root: string, path: LocalPath, temporary: string): Promise<boolean> {
  let directory = root
  try {
    for (const name of path.slice(0, -1)) {
      directory = join(directory, name)
      // One by one, because a recursive mkdir would follow a link and create directories outside the store.
      await mkdir(directory).catch(ignoreErrorCode('EEXIST'))
      const stats = await lstat(directory)
      if (stats.isSymbolicLink()) throw linkError()
      if (!stats.isDirectory()) return false
    }
    await rename(temporary, join(root, ...path))
    return true
  } catch (error) {
    // Some file systems allow fewer than 255 bytes in a name.
    if (hasErrorCode(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENAMETOOLONG')) return false
    throw error
  }
}

/** Returns an entity tag that changes whenever a file is written or replaced: size, modification time and inode. */
export function deriveEtag (stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(16)).join('-')
}

/** Returns whether `error` is a system error with one of these codes. */
export function hasErrorCode (error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** Returns a `catch` handler that ignores errors with one of these codes and rethrows all others. */
export function ignoreErrorCode (...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!hasErrorCode(error, ...codes)) throw error
  }
}

function linkError (): PosterframeError {
  return new PosterframeError('forbidden_key', {
    detail: 'The key leads through a symbolic link, which the local store does not follow.'
  })
}
