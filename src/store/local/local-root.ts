import { randomUUID } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { PRIVATE_DIRECTORY } from './local-path.ts'
import { loadSigningSecret } from './signing-secret.ts'

/** The directory of a local store, ready to be used. */
export interface LocalRoot {
  /** A real path. */
  readonly root: string
  /** What its URLs are signed with. */
  readonly secret: Buffer
  /** A path in the same file system that nobody else uses. */
  readonly temporaryPath: () => string
}

/** Makes what a local store needs in `directory`, and the directory itself. Throws where it cannot be used. */
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

/** A secret of the local store for another purpose than its URLs. */
export async function loadLocalSecret ({ root, temporaryPath }: LocalRoot, name: string): Promise<Buffer> {
  return await loadSigningSecret(join(root, PRIVATE_DIRECTORY, name), temporaryPath())
}
