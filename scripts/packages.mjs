import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runQuietly, say, SetupError } from './steps.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages by their paths below the root, which is '' itself
 */

/**
 * Returns whether node_modules holds exactly the versions of package-lock.json. Reads two files and starts no process.
 * @param {string} root
 * @throws SetupError if package-lock.json is missing or damaged
 */
export function hasLockedPackages (root) {
  const wanted = readLockfile(join(root, 'package-lock.json'))
  if (wanted === undefined) {
    throw new SetupError('package-lock.json is missing or damaged; restore it from the repository.')
  }
  // npm writes this file at the end of an installation.
  const installed = readLockfile(join(root, 'node_modules/.package-lock.json')) ?? {}
  return Object.entries(wanted).every(([path, want]) => {
    const have = installed[path]
    // An optional package may be for another platform.
    if (have === undefined) return path === '' || want.optional === true
    return have.version === want.version && have.integrity === want.integrity
  })
}

/**
 * Installs the versions of package-lock.json, development dependencies included. No install script runs (.npmrc).
 * @param {string} root
 * @throws SetupError if npm fails
 */
export async function installPackages (root) {
  say('installing the npm packages of package-lock.json (once, about a minute)')
  const { ok, tail } = await runNpm(root, ['ci', '--include=dev', '--loglevel=error'])
  if (!ok) throw new SetupError(`npm ci failed; fix the cause and run this again:\n${tail}`)
}

/**
 * Runs npm with the machine's own Node, because npm ci deletes the one in node_modules.
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
 * @returns {LockedPackages | undefined}
 */
function readLockfile (path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}
