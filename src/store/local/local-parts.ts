import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../../errors.ts'
import { deriveEtag, ignoreErrorCode } from './local-file.ts'
import type { StoredPart, UploadTarget } from '../upload-store.ts'

/** A started upload. */
export type BegunUpload = UploadTarget

const UPLOAD_FILE = 'upload.json'

/** Creates the directory of an upload. */
export async function beginUpload (directory: string, info: BegunUpload): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(join(directory, UPLOAD_FILE), JSON.stringify(info), { flag: 'wx' })
}

/** Reads the file that {@link beginUpload} wrote; undefined if there is no such upload. */
export async function readUpload (directory: string): Promise<BegunUpload | undefined> {
  const text = await readFile(join(directory, UPLOAD_FILE), 'utf8').catch(ignoreErrorCode('ENOENT'))
  return text === undefined ? undefined : (JSON.parse(text) as BegunUpload)
}

/** Returns the file name of a complete part. A part that is still being written has another name. */
export function namePart (number: number): string {
  return `part-${String(number).padStart(5, '0')}`
}

/**
 * Returns all complete parts, by number. A part is only ever replaced by another file, so its entity tag identifies its
 * bytes.
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
 * Joins the parts in one file beside them and returns its path. Continues where an earlier call for the same parts
 * ran out of time. Throws `upload_incomplete` if a part has changed.
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
      // A part that is joined completely is skipped; one that is cut off is written again.
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
