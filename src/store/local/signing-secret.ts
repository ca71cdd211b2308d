import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { ignoreErrorCode } from './local-file.ts'

const SECRET_BYTES = 32

/**
 * Reads the secret in the file `path`, and creates it if it is missing. Processes that start together agree on one
 * secret. `temporary` is an unused path in the same file system. Throws if the file is too short for a secret.
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
    // Linking is atomic and succeeds only for the first process.
    await link(temporary, path).catch(ignoreErrorCode('EEXIST'))
  } finally {
    await file.close()
    await rm(temporary)
  }
}
