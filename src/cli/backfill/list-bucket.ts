import type { ObjectStore } from '../../store/object-store.ts'
import type { SourceList } from './source-list.ts'

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
