import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openLocalFile, placeLocalFile, type LocalFile } from './local-file.ts'
import { resolveLocalPaths } from './local-path.ts'
import { removeSidecar, writeSidecar, type Sidecar } from './local-sidecar.ts'
import type { ObjectLocation } from '../object-store.ts'

/** Opens an object below `root`; undefined if there is none. */
export async function openLocalObject (root: string, location: ObjectLocation): Promise<LocalFile | undefined> {
  const { plain, hashed } = resolveLocalPaths(location)
  return (plain && (await openLocalFile(root, plain))) ?? (await openLocalFile(root, hashed))
}

/**
 * Moves the file `temporary`, whose entity tag will be `etag`, to `location`, replacing the object there. Rejects with
 * the reason of the signal if it is aborted before the last step.
 */
export async function placeLocalObject (
  root: string,
  location: ObjectLocation,
  { temporary, etag, sidecar }: { readonly temporary: string, readonly etag: string, readonly sidecar: Sidecar },
  signal: AbortSignal
): Promise<void> {
  const { plain, hashed } = resolveLocalPaths(location)
  const replaced = await openLocalObject(root, location)
  await replaced?.handle.close()
  // Written before the bytes, so that a reader of the new bytes finds their metadata.
  await writeSidecar(root, location, etag, sidecar)
  signal.throwIfAborted()
  if (plain !== undefined && (await placeLocalFile(root, plain, temporary))) {
    await rm(join(root, ...hashed), { force: true })
  } else if (!(await placeLocalFile(root, hashed, temporary))) {
    throw new Error('A directory has the name of the hashed path of the object.')
  }
  if (replaced !== undefined) await removeSidecar(root, location, replaced.etag)
}

/**
 * Removes the object at `location`, if there is one, and its sidecar. Directories stay, because other writers may be
 * using them.
 */
export async function removeLocalObject (root: string, location: ObjectLocation): Promise<void> {
  const { plain, hashed } = resolveLocalPaths(location)
  for (const path of [plain, hashed]) {
    const file = path === undefined ? undefined : await openLocalFile(root, path)
    if (path === undefined || file === undefined) continue
    await file.handle.close()
    await rm(join(root, ...path), { force: true })
    await removeSidecar(root, location, file.etag)
  }
}
