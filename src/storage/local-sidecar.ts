import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { guessMediaType } from './media-type.ts'
import { planSidecarPath } from './local-path.ts'
import type { ObjectAddress, ObjectHead } from './object-store.ts'

/** What a file cannot say of itself. */
export type Sidecar = Pick<ObjectHead, 'contentType' | 'metadata'>

/** Keeps the type and metadata of the version `etag` of an object. */
export async function writeSidecar (root: string, address: ObjectAddress, etag: string, sidecar: Sidecar): Promise<void> {
  const path = join(root, ...planSidecarPath(address, etag))
  await mkdir(dirname(path), { recursive: true })
  // The key is for people: the name of the file is a hash of it.
  await writeFile(path, JSON.stringify({ key: address.key, ...sidecar }))
}

/** What is kept of that version; for a file that somebody dropped there, the type that its name speaks of. */
export async function readSidecar (root: string, address: ObjectAddress, etag: string): Promise<Sidecar> {
  try {
    const { contentType, metadata } = JSON.parse(await readFile(join(root, ...planSidecarPath(address, etag)), 'utf8')) as Sidecar
    return { contentType, metadata }
  } catch {
    // Absent, or half written when the machine stopped; the object itself is whole either way.
    return { contentType: guessMediaType(address.key), metadata: {} }
  }
}

/** Forgets a version that has been replaced. */
export async function removeSidecar (root: string, address: ObjectAddress, etag: string): Promise<void> {
  await rm(join(root, ...planSidecarPath(address, etag)), { force: true })
}
