import { mkdir, mkdtemp, readdir, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PosterframeError } from '../errors.ts'
import { markAlive, readLiveness } from './liveness.ts'

/** Ephemeral disk: one directory per request, removed whatever happens. */
export interface Scratch {
  /**
   * Runs `task` in a directory of its own, and removes it when the task has settled; its processes must have ended by
   * then.
   */
  withDirectory<T>(task: (directory: string) => Promise<T>): Promise<T>
  /** A directory for longer than one task: whoever opens it closes it, when its processes have ended. */
  openDirectory(): Promise<ScratchDirectory>
  /**
   * Resolves when `bytes` fit on the disk beside the reserve and what was promised to others. With the `directory` of
   * the request they stay promised to it, less what it has written, until it is removed.
   *
   * @throws PosterframeError `scratch_full`
   */
  ensureRoom(bytes: number, directory?: string): Promise<void>
  /** Removes what dead processes left behind, and answers how many directories that were. */
  sweep(): Promise<number>
  /** Resolves when a file can be written. */
  check(): Promise<void>
  /** What this process holds, and what the disk can still take. */
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
/**
 * How long nothing was written in a directory of which it is not known who made it, before it counts as left behind.
 */
const ABANDONED_AFTER_MS = 60 * 60 * 1000
const RETRY_AFTER_SECONDS = 10
const MAX_ATTEMPTS = 5
/** Running requests hold what fills the disk; most end within this time. */
const RETRY_AFTER_FULL_DISK_SECONDS = 30

/** Where scratch is, and how much of it stays free. */
export interface ScratchSettings {
  /** Made where it is missing; may be shared with other processes and containers. */
  readonly root: string
  /** 64 MiB where not given. */
  readonly reserveBytes?: number
  /** How many bytes the disk of `root` can still take; by default what the file system says. */
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

/** Scratch under `root`. */
export async function createScratch ({
  root,
  reserveBytes = DEFAULT_RESERVE_BYTES,
  measureFreeBytes = askFileSystem
}: ScratchSettings): Promise<Scratch> {
  await mkdir(root, { recursive: true })
  const open = new Set<string>()
  const promisedBytes = new Map<string, number>()
  let lastCheck: Promise<unknown> = Promise.resolve()

  async function openDirectory (): Promise<ScratchDirectory> {
    const { path, unmark } = await makeMarkedDirectory(root)
    open.add(path)
    return {
      path,
      async close () {
        open.delete(path)
        promisedBytes.delete(path)
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

  /** One after the other, so that two do not count on the same room. */
  function ensureRoom (bytes: number, directory?: string): Promise<void> {
    const check = lastCheck.then(() => promiseRoom(bytes, directory))
    lastCheck = check.catch(() => undefined)
    return check
  }

  async function promiseRoom (bytes: number, directory: string | undefined): Promise<void> {
    if (bytes > (await measureFreeBytes(root)) - reserveBytes - (await sumUnwritten())) {
      throw new PosterframeError('scratch_full', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
    if (directory !== undefined) promisedBytes.set(directory, (promisedBytes.get(directory) ?? 0) + bytes)
  }

  async function sumUnwritten (): Promise<number> {
    const rests = await Promise.all(
      [...promisedBytes].map(async ([directory, bytes]) => Math.max(0, bytes - (await sumFiles(directory))))
    )
    return rests.reduce((sum, rest) => sum + rest, 0)
  }

  async function sweep (): Promise<number> {
    const entries = await readdir(root, { withFileTypes: true })
    const directories = entries
      .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
      .map(({ name }) => join(root, name))
    let removed = 0
    for (const directory of directories) {
      if (!(await isOwn(directory))) continue
      if ((await removeEmpty(directory)) || ((await isLeftBehind(directory)) && (await removeDirectory(directory)))) {
        removed++
      }
    }
    return removed
  }

  return {
    withDirectory,
    openDirectory,
    ensureRoom,
    sweep,
    check: () => withDirectory((directory) => writeFile(join(directory, 'check'), 'writable')),
    async measure () {
      const sizes = await Promise.all([...open].map(sumFiles))
      return {
        directories: sizes.length,
        usedBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
        freeBytes: await measureFreeBytes(root)
      }
    }
  }
}

/** Where a sweep of another process came between making a directory and marking it, one is made again. */
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
 * Whether a directory was removed, which it is only where it is empty: its maker died before it could mark it, or
 * makes another.
 */
async function removeEmpty (directory: string): Promise<boolean> {
  return await rmdir(directory).then(
    () => true,
    () => false
  )
}

async function askFileSystem (root: string): Promise<number> {
  const { bavail, bsize } = await statfs(root)
  return bavail * bsize
}

/** In a shared temporary directory anyone can make one of this name. */
async function isOwn (directory: string): Promise<boolean> {
  const { uid } = await stat(directory).catch(() => ({ uid: undefined }))
  return uid !== undefined && (process.getuid === undefined || uid === process.getuid())
}

async function isLeftBehind (directory: string): Promise<boolean> {
  const liveness = await readLiveness(directory)
  if (liveness !== 'unknown') return liveness === 'dead'
  const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: Infinity }))
  const written = await statFiles(directory)
  return Date.now() - Math.max(mtimeMs, ...written.map((file) => file.mtimeMs)) > ABANDONED_AFTER_MS
}

async function sumFiles (directory: string): Promise<number> {
  return (await statFiles(directory)).reduce((sum, { size }) => sum + size, 0)
}

/** What is removed meanwhile is passed over. */
async function statFiles (directory: string): Promise<Array<{ size: number, mtimeMs: number }>> {
  const names = await readdir(directory).catch(() => [])
  const stats = await Promise.all(names.map((name) => stat(join(directory, name)).catch(() => undefined)))
  return stats.filter((file) => file !== undefined)
}

/** A directory that cannot be removed is left to the next sweep: it must not take the result of a request with it. */
async function removeDirectory (directory: string): Promise<boolean> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
    return true
  } catch (error) {
    process.emitWarning(`A scratch directory could not be removed: ${(error as Error).message}`)
    return false
  }
}
