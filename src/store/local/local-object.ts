import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openLocalFile, placeLocalFile, type LocalFile } from './local-file.ts'
import { resolveLocalPaths } from './local-path.ts'
import { removeSidecar, writeSidecar, type Sidecar } from './local-sidecar.ts'
import type { ObjectAddress } from '../object-store.ts'

/** Opens an object below `root`; undefined if there is none. */
export async function openLocalObject (root: string, address: ObjectAddress): Promise<LocalFile | undefined> {
  const { plain, hashed } = resolveLocalPaths(address)
  return (plain && (await openLocalFile(root, plain))) ?? (await openLocalFile(root, hashed))
}

/**
 * Moves the file `temporary`, whose entity tag will be `etag`, to `address`, replacing the object there. Rejects with
 * the reason of the signal if it is aborted before the last step.
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
  // Written before the bytes, so that a reader of the new bytes finds their metadata.
  await writeSidecar(root, address, etag, sidecar)
  signal.throwIfAborted()
  if (plain !== undefined && (await placeLocalFile(root, plain, temporary))) {
    await rm(join(root, ...hashed), { force: true })
  } else if (!(await placeLocalFile(root, hashed, temporary))) {
    throw new Error('A directory has the name of the hashed path of the object.')
  }
  if (replaced !== undefined) await removeSidecar(root, address, replaced.etag)
}

/**
 * Removes the object at `address`, if there is one, and its sidecar. Directories stay, because other writers may be
 * using them.
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
