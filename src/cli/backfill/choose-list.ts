import type { Config } from '../../config/config.ts'
import { PosterframeError } from '../../errors.ts'
import { usageError } from '../option-flags.ts'
import { isS3Url, parseS3Url } from '../source-argument.ts'
import type { CommandService } from '../cli-context.ts'
import type { ObjectStore } from '../../store/object-store.ts'
import { createListFiles } from './list-files.ts'
import { readInventory } from './read-inventory.ts'
import { readManifest } from './read-manifest.ts'
import type { SourceList } from './source-list.ts'

/** What of the command line says where the sources come from. */
export interface ListArguments {
  readonly url?: string | undefined
  readonly manifest?: string | undefined
  readonly inventory?: string | undefined
}

/**
 * Throws `invalid_request` unless it is one list, and `forbidden_bucket` for a bucket that the configuration does not
 * have.
 */
export function checkListArguments (
  { url, manifest, inventory }: ListArguments,
  { sourceBuckets }: Pick<Config, 'sourceBuckets'>
): void {
  if ([url, manifest, inventory].filter((given) => given !== undefined).length !== 1) {
    throw usageError('Give s3://bucket/prefix, --manifest or --inventory, one of them.')
  }
  if (url === undefined) return
  if (!isS3Url(url)) throw usageError(`${url} is not written as s3://bucket/prefix.`)
  const { bucket } = parseS3Url(url)
  if (!sourceBuckets.includes(bucket)) {
    throw new PosterframeError('forbidden_bucket', {
      detail: `The bucket ${bucket} is not one of POSTERFRAME_SOURCE_BUCKETS.`
    })
  }
}

/** The list; `directory` is for what has to be fetched. */
export function chooseList (
  { url, manifest, inventory }: ListArguments,
  { store }: Pick<CommandService, 'store'>,
  directory: string
): SourceList {
  if (url !== undefined) return listBucket(store, parseS3Url(url))
  const files = createListFiles(store, directory)
  return manifest === undefined ? readInventory(files, inventory ?? '') : readManifest(files, manifest)
}

/** The objects of a bucket whose keys begin with a prefix. */
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
