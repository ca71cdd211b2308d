import type { ObjectStore } from '../../store/object-store.ts'
import { derivativePrefixes } from '../stored/output-key.ts'
import { isOwnName } from '../stored/own-names.ts'

/**
 * Removes all that was made of a source, and nothing else that lies below its key; answers how many objects that
 * were.
 */
export async function deleteDerivatives (
  store: ObjectStore,
  {
    bucket,
    prefix,
    key,
    aliases
  }: { readonly bucket: string, readonly prefix: string, readonly key: string, readonly aliases: readonly string[] },
  signal: AbortSignal
): Promise<number> {
  let count = 0
  for (const folder of derivativePrefixes({ prefix, key })) {
    for await (const object of store.list(bucket, { prefix: folder, signal })) {
      if (!isOwnName(object.key.slice(folder.length), aliases)) continue
      await store.delete({ bucket, key: object.key }, { signal })
      count++
    }
  }
  return count
}
