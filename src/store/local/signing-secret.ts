import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { ignoreErrorCode } from './local-file.ts'

const SECRET_BYTES = 32

/**
 * Reads the secret in the file `path`, and makes it first where there is none. Processes that start together agree on
 * one. `temporary` is a name in the same file system that nobody else uses. Throws where the file is too short to be
 * a secret.
 */
export async function loadSigningSecret (path: string, temporary: string): Promise<Buffer> {
  const kept = await readFile(path).catch(ignoreErrorCode('ENOENT'))
  if (kept === undefined) await createSecret(path, temporary)
  const secret = kept ?? (await readFile(path))
  if (secret.length < SECRET_BYTES) {
    throw new Error(`The signing secret in ${path} is too short; remove the file to get a new one.`)
  }
  return secret
}

async function createSecret (path: string, temporary: string): Promise<void> {
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(SECRET_BYTES))
    await file.sync()
    // A link appears whole or not at all, and only for the first who makes it.
    await link(temporary, path).catch(ignoreErrorCode('EEXIST'))
  } finally {
    await file.close()
    await rm(temporary)
  }
}
