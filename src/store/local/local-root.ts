import { randomUUID } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { PRIVATE_DIRECTORY } from './local-path.ts'
import { loadSigningSecret } from './signing-secret.ts'

/** The prepared directory of a local store. */
export interface LocalRoot {
  /** A real path. */
  readonly root: string
  /** Signs the URLs of the store. */
  readonly secret: Buffer
  /** Returns a new, unique path in the same file system. */
  readonly temporaryPath: () => string
}

/** Creates `directory` and the store's own files in it. Throws if the directory cannot be used. */
export async function openLocalRoot (directory: string): Promise<LocalRoot> {
  await mkdir(directory, { recursive: true })
  const root = await realpath(directory)
  const temporaryDirectory = join(root, PRIVATE_DIRECTORY, 'tmp')
  const temporaryPath = () => join(temporaryDirectory, randomUUID())
  await mkdir(temporaryDirectory, { recursive: true, mode: 0o700 })
  return {
    root,
    temporaryPath,
    secret: await loadSigningSecret(join(root, PRIVATE_DIRECTORY, 'secret'), temporaryPath())
  }
}

/** Loads a secret of the local store for a purpose other than its URLs, or creates it. */
export async function loadLocalSecret ({ root, temporaryPath }: LocalRoot, name: string): Promise<Buffer> {
  return await loadSigningSecret(join(root, PRIVATE_DIRECTORY, name), temporaryPath())
}
