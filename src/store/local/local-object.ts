import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openLocalFile, placeLocalFile, type LocalFile } from './local-file.ts'
import { resolveLocalPaths } from './local-path.ts'
import { removeSidecar, writeSidecar, type Sidecar } from './local-sidecar.ts'
import type { ObjectAddress } from '../object-store.ts'

/** Opens an object below `root`; `undefined` where there is none. */
export async function openLocalObject (root: string, address: ObjectAddress): Promise<LocalFile | undefined> {
  const { plain, hashed } = resolveLocalPaths(address)
  return (plain && (await openLocalFile(root, plain))) ?? (await openLocalFile(root, hashed))
}

/**
 * Makes the file `temporary`, which will have the entity tag `etag`, the object at `address`, over whatever was there.
 * Rejects with the reason of the signal where it is aborted before the last step.
 */
export async function placeLocalObject (
  root: string,
  address: ObjectAddress,
  { temporary, etag, sidecar }: { readonly temporary: string, readonly etag: string, readonly sidecar: Sidecar },
  signal: AbortSignal
): Promise<void> {
  const { plain, hashed } = resolveLocalPaths(address)
  const replaced = await openLocalObject(root, address)
  await replaced?.handle.close()
  // Before the bytes, so that whoever sees the new bytes sees their metadata too.
  await writeSidecar(root, address, etag, sidecar)
  signal.throwIfAborted()
  if (plain !== undefined && (await placeLocalFile(root, plain, temporary))) {
    await rm(join(root, ...hashed), { force: true })
  } else if (!(await placeLocalFile(root, hashed, temporary))) {
    throw new Error('The place for keys that are no paths is taken.')
  }
  if (replaced !== undefined) await removeSidecar(root, address, replaced.etag)
}

/**
 * Removes the object at `address`, if there is one, and what was kept beside it. Folders stay: others may be writing
 * into them.
 */
export async function removeLocalObject (root: string, address: ObjectAddress): Promise<void> {
  const { plain, hashed } = resolveLocalPaths(address)
  for (const path of [plain, hashed]) {
    const file = path === undefined ? undefined : await openLocalFile(root, path)
    if (path === undefined || file === undefined) continue
    await file.handle.close()
    await rm(join(root, ...path), { force: true })
    await removeSidecar(root, address, file.etag)
  }
}
