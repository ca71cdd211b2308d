import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runNpm } from './packages.mjs'
import { say, SetupError } from './steps.mjs'

/**
 * Returns whether this version of Node runs TypeScript without a flag: 22.18, 23.6 and everything from 24.
 * @param {string} version such as `22.18.0`
 */
export function runsTypeScript (version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

/**
 * Returns the path of the Node that runs the project: the machine's own, or Node 24 from npm if that one is too old.
 * @param {string} root
 * @param {string} [version] of the machine's own Node
 * @throws SetupError if npm cannot fetch Node 24
 */
export async function prepareNode (root, version = process.versions.node) {
  if (runsTypeScript(version)) return process.execPath
  const fetched = join(root, 'node_modules/node/bin/node')
  if (existsSync(fetched)) return fetched
  say('fetching Node 24 from the npm registry (once)')
  await runNpm(root, ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'])
  if (existsSync(fetched)) return fetched
  throw new SetupError(
    `Node ${version} is too old and npm could not fetch Node 24: install Node 22.18 or later, then run this again.`
  )
}
