import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { guessMediaType } from '../media-type.ts'
import { hashedSidecarPath, sidecarPath } from './local-path.ts'
import type { ObjectLocation, ObjectHead } from '../object-store.ts'

/** Properties of an object that its file cannot hold. */
export type Sidecar = Pick<ObjectHead, 'contentType' | 'metadata'>

/** Writes the type and metadata of the version `etag` of an object. */
export async function writeSidecar (
  root: string,
  location: ObjectLocation,
  etag: string,
  sidecar: Sidecar
): Promise<void> {
  const path = join(root, ...sidecarPath(location, etag))
  await mkdir(dirname(path), { recursive: true })
  // The name of the file is a hash of the key.
  await writeFile(path, JSON.stringify({ key: location.key, ...sidecar }))
}

/** Reads the type and metadata of a version. For a file that was put there by hand, the type follows from its name. */
export async function readSidecar (root: string, location: ObjectLocation, etag: string): Promise<Sidecar> {
  try {
    const { contentType, metadata } = JSON.parse(
      await readFile(join(root, ...sidecarPath(location, etag)), 'utf8')
    ) as Sidecar
    return { contentType, metadata }
  } catch {
    // Missing, or cut off by a crash; the object itself is complete in both cases.
    return { contentType: guessMediaType(location.key), metadata: {} }
  }
}

/** Reads the key of a hash from the sidecar of a version; undefined if there is none. */
export async function readSidecarKey (
  root: string,
  bucket: string,
  hash: string,
  etag: string
): Promise<string | undefined> {
  try {
    const { key } = JSON.parse(await readFile(join(root, ...hashedSidecarPath(bucket, hash, etag)), 'utf8')) as {
      key?: string
    }
    return key
  } catch {
    return undefined
  }
}

/** Removes the sidecar of a replaced version. */
export async function removeSidecar (root: string, location: ObjectLocation, etag: string): Promise<void> {
  await rm(join(root, ...sidecarPath(location, etag)), { force: true })
}
