import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { createScratch, type Scratch } from '../../limits/scratch.ts'
import { PRIVATE_DIRECTORY } from './local-path.ts'
import { loadSigningSecret } from './signing-secret.ts'

/** The prepared directory of a local store. */
export interface LocalRoot {
  /** A real path. */
  readonly root: string
  /** Signs the URLs of the store. */
  readonly secret: Buffer
  /**
   * Directories for files that are being written, in the same file system. They belong to this process, so that the
   * next one to start can remove them if it is killed.
   */
  readonly arrivals: Pick<Scratch, 'withDirectory'>
}

/**
 * Creates `directory` and the store's own files in it, and removes unfinished files of processes that have ended.
 * Throws if the directory cannot be used.
 */
export async function openLocalRoot (directory: string): Promise<LocalRoot> {
  await mkdir(directory, { recursive: true })
  const root = await realpath(directory)
  const temporaryDirectory = join(root, PRIVATE_DIRECTORY, 'tmp')
  await mkdir(temporaryDirectory, { recursive: true, mode: 0o700 })
  const arrivals = await createScratch({ root: temporaryDirectory })
  await arrivals.sweep()
  return { root, arrivals, secret: await loadLocalSecret({ root, arrivals }, 'secret') }
}

/** Loads a secret of the local store, or creates it. `secret` is that of its URLs. */
export async function loadLocalSecret (
  { root, arrivals }: Omit<LocalRoot, 'secret'>,
  name: string
): Promise<Buffer> {
  return await arrivals.withDirectory((directory) =>
    loadSigningSecret(join(root, PRIVATE_DIRECTORY, name), join(directory, 'secret'))
  )
}
