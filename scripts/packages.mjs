import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runQuietly, say, SetupError } from './steps.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Names what package-lock.json asks for and node_modules does not hold in that version. What is optional may be absent:
 * it is for another platform, or could not be installed.
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json, which npm writes last of all
 * @returns {string[]} paths below the root
 */
export function listMissingPackages (wanted, installed) {
  return Object.entries(wanted.packages ?? {})
    .filter(([path, want]) => {
      if (path === '' || want.link) return false
      const have = installed.packages?.[path]
      if (have === undefined) return want.optional !== true
      return have.version !== want.version || have.integrity !== want.integrity
    })
    .map(([path]) => path)
}

/**
 * Whether node_modules is what package-lock.json says. Reads two files and starts nothing.
 * @param {string} root
 */
export function hasLockedPackages (root) {
  const wanted = readLockfile(join(root, 'package-lock.json'))
  const installed = readLockfile(join(root, 'node_modules/.package-lock.json'))
  if (wanted === undefined) {
    throw new SetupError('package-lock.json is missing or damaged; get it back from the repository.')
  }
  return installed !== undefined && listMissingPackages(wanted, installed).length === 0
}

/**
 * Installs what the lockfile says, dev dependencies too, and runs no package's scripts (.npmrc).
 * @param {string} root
 */
export async function installPackages (root) {
  say('installing the npm packages of package-lock.json (once, about a minute)')
  const { ok, tail } = await runNpm(root, ['ci', '--include=dev', '--loglevel=error'])
  if (!ok) throw new SetupError(`npm ci failed; put right what it says and run this again:\n${tail}`)
}

/**
 * Runs npm with the machine's own Node: the one in node_modules goes away while npm ci runs.
 * @param {string} root
 * @param {string[]} args
 */
export function runNpm (root, args) {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((part) => !part.endsWith('node_modules/.bin'))
    .join(delimiter)
  return runQuietly('npm', args, { cwd: root, env: { ...process.env, PATH: path }, timeoutMs: 15 * 60_000 })
}

/**
 * @param {string} path
 * @returns {Lockfile | undefined}
 */
function readLockfile (path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
