import { constants, type BigIntStats } from 'node:fs'
import { lstat, mkdir, open, realpath, rename, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PosterframeError } from '../../errors.ts'
import type { LocalPath } from './local-path.ts'

/** A file held open, and what is known of it. Whoever gets it closes `handle`. */
export interface LocalFile {
  readonly handle: FileHandle
  readonly bytes: number
  readonly etag: string
}

// Not to hang on a FIFO that lies where a video should.
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Opens a regular file below `root` (a real path); `undefined` where there is none. Throws `forbidden_key` for a path
 * that leads through a symbolic link: it could end outside the store, or in the store's own secrets.
 */
export async function openLocalFile (root: string, path: LocalPath): Promise<LocalFile | undefined> {
  const absolute = join(root, ...path)
  let handle: FileHandle | undefined
  try {
    handle = await open(absolute, READ_ONLY)
    if ((await realpath(dirname(absolute))) !== dirname(absolute)) throw assertNoLink()
    const stats = await handle.stat({ bigint: true })
    if (stats.isFile()) return { handle, bytes: Number(stats.size), etag: deriveEtag(stats) }
  } catch (error) {
    await handle?.close()
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ENXIO', 'ENAMETOOLONG')) return undefined
    throw hasErrorCode(error, 'ELOOP') ? assertNoLink() : error
  }
  await handle.close()
  return undefined
}

/**
 * Moves a file to its place below `root`, over what was there, making directories on the way. Answers whether it could:
 * `false` where a directory has the name, or a file has the name of a directory on the way. Throws `forbidden_key` as
 * above.
 */
export async function placeLocalFile (root: string, path: LocalPath, temporary: string): Promise<boolean> {
  let directory = root
  try {
    for (const name of path.slice(0, -1)) {
      directory = join(directory, name)
      // One by one: a recursive mkdir would follow a link and make directories outside.
      await mkdir(directory).catch(ignoreErrorCode('EEXIST'))
      const stats = await lstat(directory)
      if (stats.isSymbolicLink()) throw assertNoLink()
      if (!stats.isDirectory()) return false
    }
    await rename(temporary, join(root, ...path))
    return true
  } catch (error) {
    // Some file systems take fewer than 255 bytes in a name.
    if (hasErrorCode(error, 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENAMETOOLONG')) return false
    throw error
  }
}

/** An entity tag that changes whenever a file is written or replaced: size, time of the last change, and inode. */
export function deriveEtag (stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(16)).join('-')
}

/** Whether `error` is of the operating system and has one of these codes. */
export function hasErrorCode (error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** For `catch`: swallows an error with one of these codes and throws every other. */
export function ignoreErrorCode (...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!hasErrorCode(error, ...codes)) throw error
  }
}

function assertNoLink (): PosterframeError {
  return new PosterframeError('forbidden_key', {
    detail: 'The key leads through a symbolic link, which the local store does not follow.'
  })
}
