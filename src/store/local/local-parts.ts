import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../../errors.ts'
import { deriveEtag, hasErrorCode, ignoreErrorCode } from './local-file.ts'
import type { StoredPart, UploadTarget } from '../upload-store.ts'

/** What is known of an upload that has begun. */
export interface BegunUpload extends UploadTarget {
  /** Unix time in seconds; from then on it may be swept. */
  readonly expires: number
}

const FACTS = 'upload.json'
/** A request lasts an hour at most, so nobody writes any more. */
const GRACE_MS = 2 * 3_600_000

/** Makes the directory of an upload. */
export async function beginUpload (directory: string, info: BegunUpload): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(join(directory, FACTS), JSON.stringify(info), { flag: 'wx' })
}

/** What was written by {@link beginUpload}; `undefined` where there is no such upload. */
export async function readUpload (directory: string): Promise<BegunUpload | undefined> {
  const text = await readFile(join(directory, FACTS), 'utf8').catch(ignoreErrorCode('ENOENT'))
  return text === undefined ? undefined : (JSON.parse(text) as BegunUpload)
}

/** The name of a part that is complete; what is still being written has another. */
export function namePart (number: number): string {
  return `part-${String(number).padStart(5, '0')}`
}

/**
 * All complete parts, by number. A part is replaced by another file and never written to, so that its entity tag
 * stands for its bytes.
 */
export async function listPartFiles (directory: string): Promise<StoredPart[]> {
  const names = (await readdir(directory)).filter((name) => /^part-\d{5}$/.test(name)).sort()
  const parts = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(directory, name), { bigint: true }).catch(ignoreErrorCode('ENOENT'))
      return stats === undefined
        ? []
        : [{ number: Number(name.slice('part-'.length)), bytes: Number(stats.size), etag: deriveEtag(stats) }]
    })
  )
  return parts.flat()
}

/**
 * Joins the parts in one file beside them; answers its path. What was joined before of the very same parts, by a call
 * that ran out of time, is not done again. Throws `upload_incomplete` where a part is not what it was.
 */
export async function joinParts (
  directory: string,
  parts: readonly StoredPart[],
  signal: AbortSignal
): Promise<{ readonly path: string, readonly etag: string }> {
  const path = join(directory, `joined-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`)
  const joined = await open(path, 'a', 0o600)
  try {
    const joinedBytes = (await joined.stat()).size
    let start = 0
    for (const part of parts) {
      // A part that was joined in full ends where another begins; one that was not is written again.
      if (start + part.bytes > joinedBytes) {
        await appendPart(join(directory, namePart(part.number)), part, path, start, signal)
      }
      start += part.bytes
    }
    await joined.sync()
    return { path, etag: deriveEtag(await joined.stat({ bigint: true })) }
  } finally {
    await joined.close()
  }
}

async function appendPart (
  partPath: string,
  { etag }: StoredPart,
  path: string,
  start: number,
  signal: AbortSignal
): Promise<void> {
  const part = await open(partPath).catch(ignoreErrorCode('ENOENT'))
  try {
    if (part === undefined || deriveEtag(await part.stat({ bigint: true })) !== etag) {
      throw new PosterframeError('upload_incomplete')
    }
    await pipeline(
      part.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 }),
      createWriteStream(path, { flags: 'r+', start }),
      { signal }
    )
  } finally {
    await part?.close()
  }
}

/** Removes the uploads below `directory` that were given up. */
export async function sweepUploads (directory: string, now: Date): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    try {
      // Where a crash left no facts, the directory's own time tells.
      const expiresMs = ((await readUpload(path))?.expires ?? (await stat(path)).mtimeMs / 1000) * 1000
      if (now.getTime() > expiresMs + GRACE_MS) await rm(path, { recursive: true, force: true })
    } catch (error) {
      if (error instanceof SyntaxError) await rm(path, { recursive: true, force: true })
      else if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error
    }
  }
}
