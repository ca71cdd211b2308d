import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hasFailedBefore, rememberFailure } from './attempts.mjs'
import { runNpm } from './packages.mjs'
import { say, SetupError } from './steps.mjs'

/**
 * Whether this Node runs TypeScript by itself, without a flag: 22.18, 23.6 and everything from 24.
 * @param {string} version such as `22.18.0`
 */
export function runsTypeScript (version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

/**
 * Finds the Node that runs the project: the pinned dev dependency, fetched once, else the machine's own.
 * @param {string} root
 * @returns {Promise<string>} its path
 */
export async function prepareNode (root) {
  const pinned = join(root, 'node_modules/node/bin/node')
  if (existsSync(pinned)) return pinned
  if (!hasFailedBefore(root, 'node')) {
    say('fetching Node 24 from the npm registry (once)')
    const { tail } = await runNpm(root, ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'])
    if (existsSync(pinned)) return pinned
    if (runsTypeScript(process.versions.node)) {
      rememberFailure(root, 'node', tail)
      say(`that failed; going on with this machine's Node ${process.versions.node}`)
    }
  }
  if (runsTypeScript(process.versions.node)) return process.execPath
  throw new SetupError(
    `Node ${process.versions.node} is too old and Node 24 could not be fetched: install Node 22.18 or later, then run this again.`
  )
}
