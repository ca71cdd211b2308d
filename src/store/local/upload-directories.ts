import { createHmac, randomUUID } from 'node:crypto'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasErrorCode } from './local-file.ts'

/** A new upload: the id that names its directory, and how many of its caller had not expired before. */
export interface PlannedUpload {
  readonly uploadId: string
  readonly pending: number
}

/** Directories of uploads: `<digest of the caller>/<time of expiry>-<UUID>`, so that names alone say what to remove. */
export interface UploadDirectories {
  /** Returns the path of an upload; undefined for an id that no upload can have. */
  find(uploadId: string): string | undefined
  /** Plans an upload of a caller, and removes its uploads that expired long ago. */
  plan(caller: string, expiresInSeconds: number): Promise<PlannedUpload>
  /** Removes the uploads of all callers that expired long ago. Reads names only. */
  sweep(): Promise<void>
}

const ID = /^([0-9a-f]{16})-(\d{1,12}-[0-9a-f-]{36})$/
const CALLER_CHARACTERS = 16
/** A request lasts an hour at most, so no writer is left. */
const GRACE_SECONDS = 2 * 3600

/** Opens the directories of uploads below `root`, which must exist. `secret` hides the names of callers. */
export function openUploadDirectories (root: string, secret: Buffer, now: () => Date): UploadDirectories {
  const readSeconds = () => Math.floor(now().getTime() / 1000)

  /** Removes uploads of one caller that expired long ago, and returns how many have not expired. */
  async function sweepCaller (caller: string): Promise<number> {
    const seconds = readSeconds()
    let pending = 0
    for (const name of await readNames(join(root, caller))) {
      const expires = Number.parseInt(name, 10)
      if (expires > seconds) pending++
      // A name that is none of ours has no time, and stays.
      if (expires + GRACE_SECONDS < seconds) await rm(join(root, caller, name), { recursive: true, force: true })
    }
    return pending
  }

  return {
    find (uploadId) {
      const [, caller, name] = ID.exec(uploadId) ?? []
      return caller === undefined || name === undefined ? undefined : join(root, caller, name)
    },

    async plan (caller, expiresInSeconds) {
      const digest = createHmac('sha256', secret).update(`CALLER ${caller}`).digest('hex').slice(0, CALLER_CHARACTERS)
      const pending = await sweepCaller(digest)
      return { uploadId: `${digest}-${readSeconds() + expiresInSeconds}-${randomUUID()}`, pending }
    },

    async sweep () {
      for (const caller of await readNames(root)) {
        await sweepCaller(caller)
        // Fails while the caller has uploads.
        await rmdir(join(root, caller)).catch(() => undefined)
      }
    }
  }
}

async function readNames (directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
