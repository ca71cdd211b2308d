import { PosterframeError } from '../../errors.ts'
import { parseObject } from '../source-argument.ts'
import type { ListFiles } from './list-files.ts'
import { decodeKey, readLines, readRows, readStart } from './read-rows.ts'
import type { ListedSource, SourceList } from './source-list.ts'

/**
 * A manifest: rows `bucket,key` with the key URL-encoded, as S3 Batch Operations takes them (what stands behind, a
 * version, is not read), or one `s3://bucket/key` a line with the key as it is. Which of them, the first line says.
 */
export function readManifest (files: ListFiles, place: string): SourceList {
  return {
    async * open (signal) {
      const path = await files.locate(place, signal)
      const start = await readStart(path, 8)
      yield * start
        .toString()
        .replace(/^\uFEFF/, '')
        .startsWith('s3://')
        ? readUrls(path, place)
        : readAddresses(path, place)
    }
  }
}

async function * readUrls (path: string, place: string): AsyncGenerator<ListedSource> {
  for await (const { text, line } of readLines(path)) {
    const { bucket, key } = blame(() => parseObject(text.replace(/^\uFEFF/, '')), place, line)
    yield { bucket, key }
  }
}

async function * readAddresses (path: string, place: string): AsyncGenerator<ListedSource> {
  for await (const {
    fields: [bucket = '', key = ''],
    line
  } of readRows(path)) {
    if (bucket === '' || key === '') {
      throw new PosterframeError('invalid_request', { detail: `${place}, line ${line}, is not written as bucket,key.` })
    }
    yield { bucket, key: decodeKey(key, `${place}, line ${line},`) }
  }
}

function blame<T> (read: () => T, place: string, line: number): T {
  try {
    return read()
  } catch (error) {
    throw new PosterframeError('invalid_request', {
      detail: `${place}, line ${line}: ${(error as Error).message}`,
      cause: error
    })
  }
}
