import { mkdir, mkdtemp, readdir, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../errors.ts'
import { markAlive, readLiveness } from './liveness.ts'

/** Ephemeral disk: one directory per request, which is removed at its end whether it succeeds or fails. */
export interface Scratch {
  /**
   * Runs `task` with a directory of its own, and removes the directory when the task has settled. Its processes must
   * have ended by then.
   */
  withDirectory<T>(task: (directory: string) => Promise<T>): Promise<T>
  /** Creates a directory that outlives a task. The caller closes it once the processes that use it have ended. */
  openDirectory(): Promise<ScratchDirectory>
  /**
   * Resolves if `bytes` fit on the disk, less the reserve and the space that other requests have reserved. With the
   * `directory` of the request, the space stays reserved for it, less what is written there, until it is removed.
   *
   * @throws PosterframeError `scratch_full`
   */
  reserveSpace(bytes: number, directory?: string): Promise<void>
  /** Removes the directories of dead processes, and returns how many it removed. */
  sweep(): Promise<number>
  /** Resolves if a file can be written. */
  check(): Promise<void>
  /** Measures the directories of this process and the free space on the disk. */
  measure(): Promise<{ readonly directories: number, readonly usedBytes: number, readonly freeBytes: number }>
}

/** A directory on scratch. */
export interface ScratchDirectory {
  /** Absolute. */
  readonly path: string
  /** Removes it. */
  close(): Promise<void>
}

const NAME = /^posterframe-\d+-[A-Za-z0-9]{6}$/
const DEFAULT_RESERVE_BYTES = 64 * 1024 * 1024
/** Time without a write after which a directory of an unknown creator counts as abandoned. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000
const RETRY_AFTER_SECONDS = 10
const MAX_ATTEMPTS = 5
/** Running requests hold what fills the disk; most end within this time. */
const RETRY_AFTER_FULL_DISK_SECONDS = 30

/** The location of scratch, and the space on its disk that is never used. */
export interface ScratchSettings {
  /** Created if it is missing; may be shared with other processes and containers. */
  readonly root: string
  /** Default: 64 MiB. */
  readonly reserveBytes?: number
  /** Returns the free bytes on the disk of `root`. Default: what the file system reports. */
  readonly measureFreeBytes?: (root: string) => Promise<number>
}

/**
 * Returns `scratch_full` for a write that failed because the disk or a quota is full.
 *
 * @returns undefined for any other error
 */
export function scratchFullError (error: unknown): PosterframeError | undefined {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined
  return new PosterframeError('scratch_full', { retryAfterSeconds: RETRY_AFTER_FULL_DISK_SECONDS, cause: error })
}

/** Creates scratch under `root`. */
export async function createScratch ({
  root,
  reserveBytes = DEFAULT_RESERVE_BYTES,
  measureFreeBytes = statFreeBytes
}: ScratchSettings): Promise<Scratch> {
  await mkdir(root, { recursive: true })
  const openDirectories = new Set<string>()
  const reservedBytes = new Map<string, number>()
  let lastCheck: Promise<unknown> = Promise.resolve()

  async function openDirectory (): Promise<ScratchDirectory> {
    const { path, unmark } = await makeMarkedDirectory(root)
    openDirectories.add(path)
    return {
      path,
      async close () {
        openDirectories.delete(path)
        reservedBytes.delete(path)
        await removeDirectory(path)
        await unmark()
      }
    }
  }

  async function withDirectory<T> (task: (directory: string) => Promise<T>): Promise<T> {
    const directory = await openDirectory()
    try {
      return await task(directory.path)
    } finally {
      await directory.close()
    }
  }

  /** Checks reservations one after the other, so that two of them do not count on the same space. */
  function reserveSpace (bytes: number, directory?: string): Promise<void> {
    const check = lastCheck.then(() => reserveNow(bytes, directory))
    lastCheck = check.catch(() => undefined)
    return check
  }

  async function reserveNow (bytes: number, directory: string | undefined): Promise<void> {
    if (bytes > (await measureFreeBytes(root)) - reserveBytes - (await sumUnwritten())) {
      throw new PosterframeError('scratch_full', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
    if (directory !== undefined) reservedBytes.set(directory, (reservedBytes.get(directory) ?? 0) + bytes)
  }

  async function sumUnwritten (): Promise<number> {
    const unwritten = await Promise.all(
      [...reservedBytes].map(async ([directory, bytes]) => Math.max(0, bytes - (await sumFiles(directory))))
    )
    return unwritten.reduce((sum, bytes) => sum + bytes, 0)
  }

  async function sweep (): Promise<number> {
    const entries = await readdir(root, { withFileTypes: true })
    const directories = entries
      .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
      .map(({ name }) => join(root, name))
    let removed = 0
    for (const directory of directories) {
      if (!(await isOwn(directory))) continue
      if ((await removeEmpty(directory)) || ((await isAbandoned(directory)) && (await removeDirectory(directory)))) {
        removed++
      }
    }
    return removed
  }

  return {
    withDirectory,
    openDirectory,
    reserveSpace,
    sweep,
    check: () => withDirectory((directory) => writeFile(join(directory, 'check'), 'writable')),
    async measure () {
      const sizes = await Promise.all([...openDirectories].map(sumFiles))
      return {
        directories: sizes.length,
        usedBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
        freeBytes: await measureFreeBytes(root)
      }
    }
  }
}

/** Creates a directory and marks it. Tries again if another process sweeps it away before it is marked. */
async function makeMarkedDirectory (root: string): Promise<{ path: string, unmark: () => Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const path = await mkdtemp(join(root, `posterframe-${process.pid}-`))
    try {
      return { path, unmark: await markAlive(path) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/**
 * Removes a directory if it is empty, and returns whether it did. The creator of an empty one died before it marked it,
 * or will create another.
 */
async function removeEmpty (directory: string): Promise<boolean> {
  return await rmdir(directory).then(
    () => true,
    () => false
  )
}

async function statFreeBytes (root: string): Promise<number> {
  const { bavail, bsize } = await statfs(root)
  return bavail * bsize
}

/** Returns whether a directory belongs to this user: in a shared temporary directory anyone can create such a name. */
async function isOwn (directory: string): Promise<boolean> {
  const { uid } = await stat(directory).catch(() => ({ uid: undefined }))
  return uid !== undefined && (process.getuid === undefined || uid === process.getuid())
}

async function isAbandoned (directory: string): Promise<boolean> {
  const liveness = await readLiveness(directory)
  if (liveness !== 'unknown') return liveness === 'dead'
  const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: Infinity }))
  const written = await statFiles(directory)
  return Date.now() - Math.max(mtimeMs, ...written.map((file) => file.mtimeMs)) > ABANDONED_AFTER_MS
}

async function sumFiles (directory: string): Promise<number> {
  return (await statFiles(directory)).reduce((sum, { size }) => sum + size, 0)
}

/** Skips files that are removed meanwhile. */
async function statFiles (directory: string): Promise<Array<{ size: number, mtimeMs: number }>> {
  const names = await readdir(directory).catch(() => [])
  const stats = await Promise.all(names.map((name) => stat(join(directory, name)).catch(() => undefined)))
  return stats.filter((file) => file !== undefined)
}

/** Leaves a directory that cannot be removed to the next sweep, so that the request still returns its result. */
async function removeDirectory (directory: string): Promise<boolean> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
    return true
  } catch (error) {
    process.emitWarning(`A scratch directory could not be removed: ${(error as Error).message}`)
    return false
  }
}
