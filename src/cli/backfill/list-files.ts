import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../../errors.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { isS3Url, parseObject } from '../source-argument.ts'

/** Lists that lie in files, and in objects which become files first. */
export interface ListFiles {
  /**
   * Where a list lies on this machine: a path is that itself, `s3://bucket/key` is fetched, once. A connection to the
   * store would not last as long as a list is worked on.
   *
   * @throws PosterframeError `invalid_request` for a file that is not there, and what the store throws
   */
  locate(place: string, signal: AbortSignal): Promise<string>
}

/** Keeps what is fetched in a directory, which somebody else removes. */
export function createListFiles (store: Pick<ObjectStore, 'get'>, directory: string): ListFiles {
  const fetched = new Map<string, Promise<string>>()

  async function fetchList (place: string, signal: AbortSignal): Promise<string> {
    const path = join(directory, createHash('sha256').update(place).digest('hex'))
    const { body } = await store.get(parseObject(place), { signal })
    await pipeline(body, createWriteStream(path), { signal })
    return path
  }

  return {
    async locate (place, signal) {
      if (!isS3Url(place)) {
        await access(place).catch(() => {
          throw new PosterframeError('invalid_request', { detail: `There is no file ${place}.` })
        })
        return place
      }
      const known = fetched.get(place) ?? fetchList(place, signal)
      fetched.set(place, known)
      return await known
    }
  }
}
