import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/**
 * Returns the path of a program: the first executable of that name on the search path. Relative entries are skipped,
 * because what they name depends on the working directory.
 *
 * @param searchPath the value of `PATH`
 * @returns undefined if there is none
 */
export async function findProgram (name: string, searchPath: string): Promise<string | undefined> {
  for (const directory of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(directory, name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

/** Returns whether this process may execute a file. */
export async function isExecutable (path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false
  )
}
