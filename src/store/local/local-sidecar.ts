import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { guessMediaType } from '../media-type.ts'
import { hashedSidecarPath, sidecarPath } from './local-path.ts'
import type { ObjectAddress, ObjectHead } from '../object-store.ts'

/** What a file cannot say of itself. */
export type Sidecar = Pick<ObjectHead, 'contentType' | 'metadata'>

/** Keeps the type and metadata of the version `etag` of an object. */
export async function writeSidecar (
  root: string,
  address: ObjectAddress,
  etag: string,
  sidecar: Sidecar
): Promise<void> {
  const path = join(root, ...sidecarPath(address, etag))
  await mkdir(dirname(path), { recursive: true })
  // The name of the file is a hash of the key.
  await writeFile(path, JSON.stringify({ key: address.key, ...sidecar }))
}

/** What is kept of that version; for a file that somebody dropped there, the type that its name speaks of. */
export async function readSidecar (root: string, address: ObjectAddress, etag: string): Promise<Sidecar> {
  try {
    const { contentType, metadata } = JSON.parse(
      await readFile(join(root, ...sidecarPath(address, etag)), 'utf8')
    ) as Sidecar
    return { contentType, metadata }
  } catch {
    // Absent, or half written when the machine stopped; the object itself is whole either way.
    return { contentType: guessMediaType(address.key), metadata: {} }
  }
}

/** The key that a hash stands for, as it was kept with that version; undefined where it was not. */
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

/** Forgets a version that has been replaced. */
export async function removeSidecar (root: string, address: ObjectAddress, etag: string): Promise<void> {
  await rm(join(root, ...sidecarPath(address, etag)), { force: true })
}
