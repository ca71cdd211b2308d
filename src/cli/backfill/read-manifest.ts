import { PosterframeError } from '../../errors.ts'
import { parseObject } from '../source-argument.ts'
import type { ListFetcher } from './list-fetcher.ts'
import { decodeKey, readLines, readRows, readStart } from './read-rows.ts'
import type { ListedSource, SourceList } from './source-list.ts'

const BYTE_ORDER_MARK = /^\uFEFF/

/**
 * Returns the list of the sources in a manifest. The first line decides which of two formats it has:
 *
 * - CSV rows `bucket,key` with the key URL-encoded, as in S3 Batch Operations. Further columns, such as a version, are
 *   ignored.
 * - One `s3://bucket/key` per line, with the key as it is.
 */
export function readManifest (fetcher: ListFetcher, location: string): SourceList {
  return {
    async * open (signal) {
      const path = await fetcher.fetch(location, signal)
      const start = await readStart(path, 8)
      const hasUrls = start.toString().replace(BYTE_ORDER_MARK, '').startsWith('s3://')
      yield * hasUrls ? readUrls(path, location) : readAddresses(path, location)
    }
  }
}

async function * readUrls (path: string, location: string): AsyncGenerator<ListedSource> {
  for await (const { text, line } of readLines(path)) {
    const { bucket, key } = parseLine(text.replace(BYTE_ORDER_MARK, ''), `${location}, line ${line}`)
    yield { bucket, key }
  }
}

async function * readAddresses (path: string, location: string): AsyncGenerator<ListedSource> {
  for await (const {
    fields: [bucket = '', key = ''],
    line
  } of readRows(path)) {
    if (bucket === '' || key === '') {
      throw new PosterframeError('invalid_request', {
        detail: `${location}, line ${line}: the bucket or the key is missing. Use bucket,key.`
      })
    }
    yield { bucket, key: decodeKey(key, `${location}, line ${line}`) }
  }
}

function parseLine (text: string, location: string): ListedSource {
  try {
    return parseObject(text)
  } catch (error) {
    throw new PosterframeError('invalid_request', {
      detail: `${location}: ${(error as Error).message}`,
      cause: error
    })
  }
}
