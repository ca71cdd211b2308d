import type { Config } from '../../config/config.ts'
import { PosterframeError } from '../../errors.ts'
import { usageError } from '../option-flags.ts'
import { isS3Url, parseS3Url } from '../source-argument.ts'
import type { CommandService } from '../cli-context.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { createListFetcher } from './list-fetcher.ts'
import { readInventory } from './read-inventory.ts'
import { readManifest } from './read-manifest.ts'
import type { SourceList } from './source-list.ts'

/** The arguments that name the list of sources. Exactly one of them must be given. */
export interface ListArguments {
  readonly url?: string | undefined
  readonly manifest?: string | undefined
  readonly inventory?: string | undefined
}

/**
 * Checks the arguments that name the list of sources.
 *
 * @throws PosterframeError `invalid_request` unless they name exactly one list; `forbidden_bucket` if the bucket is not
 * one of the source buckets
 */
export function checkListArguments (
  { url, manifest, inventory }: ListArguments,
  { sourceBuckets }: Pick<Config, 'sourceBuckets'>
): void {
  const count = [url, manifest, inventory].filter((argument) => argument !== undefined).length
  if (count !== 1) {
    const problem = count === 0 ? 'No list of sources was given' : 'More than one list of sources was given'
    throw usageError(`${problem}. Pass one of s3://bucket/prefix, --manifest and --inventory.`)
  }
  if (url === undefined) return
  if (!isS3Url(url)) throw usageError(`'${url}' is not the URL of a bucket or prefix. Use s3://bucket/prefix.`)
  const { bucket } = parseS3Url(url)
  if (!sourceBuckets.includes(bucket)) {
    throw new PosterframeError('forbidden_bucket', {
      detail: `The bucket '${bucket}' is not allowed. Add it to POSTERFRAME_SOURCE_BUCKETS to read from it.`
    })
  }
}

/**
 * Creates the list that the arguments name.
 *
 * @param directory where list files from the store are downloaded to
 */
export function chooseList (
  { url, manifest, inventory }: ListArguments,
  { store }: Pick<CommandService, 'store'>,
  directory: string
): SourceList {
  if (url !== undefined) return listBucket(store, parseS3Url(url))
  const fetcher = createListFetcher(store, directory)
  return manifest === undefined ? readInventory(fetcher, inventory ?? '') : readManifest(fetcher, manifest)
}

/** Returns the list of the objects in a bucket whose keys start with a prefix. */
export function listBucket (
  store: Pick<ObjectStore, 'list'>,
  { bucket, prefix }: { readonly bucket: string, readonly prefix: string }
): SourceList {
  return {
    async * open (signal) {
      for await (const { key, bytes, etag } of store.list(bucket, { prefix, signal })) {
        yield { bucket, key, bytes, etag }
      }
    }
  }
}
