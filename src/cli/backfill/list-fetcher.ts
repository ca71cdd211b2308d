import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PosterframeError } from '../../errors.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { isS3Url, parseObject } from '../source-argument.ts'

/** Access to list files, which are on this machine or in the store. */
export interface ListFetcher {
  /**
   * Returns the local path of a list file. For a path, that is the path itself. An object (`s3://bucket/key`) is
   * downloaded the first time, because a connection to the store would not last as long as a backfill reads a list.
   *
   * @throws PosterframeError `invalid_request` if the file does not exist, and any error of the store
   */
  fetch(location: string, signal: AbortSignal): Promise<string>
}

/** Creates a fetcher that downloads to `directory`. The caller removes the directory. */
export function createListFetcher (store: Pick<ObjectStore, 'get'>, directory: string): ListFetcher {
  const downloads = new Map<string, Promise<string>>()

  async function download (url: string, signal: AbortSignal): Promise<string> {
    const path = join(directory, createHash('sha256').update(url).digest('hex'))
    const { body } = await store.get(parseObject(url), { signal })
    await pipeline(body, createWriteStream(path), { signal })
    return path
  }

  return {
    async fetch (location, signal) {
      if (!isS3Url(location)) {
        await access(location).catch(() => {
          throw new PosterframeError('invalid_request', {
            detail: `There is no file '${location}'. For a list in the store, use s3://bucket/key.`
          })
        })
        return location
      }
      const path = downloads.get(location) ?? download(location, signal)
      downloads.set(location, path)
      return await path
    }
  }
}
