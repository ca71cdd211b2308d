import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runNpm } from './packages.mjs'
import { findPinProblem, namePlatform, readPins } from './pins.mjs'
import { say, SetupError } from './steps.mjs'

/** Platforms for which Node 24 is fetched; on others, the machine has to have a Node that is new enough. */
export const NODE_PLATFORMS = ['linux-x64', 'linux-arm64']

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
 * The installer of the package `node` would fetch a package that package-lock.json does not have; this does so without
 * running the installer, and compares the program with its recorded SHA-256 each time.
 * @param {string} root
 * @param {string} [version] of the machine's own Node
 * @param {import('./pins.mjs').Pin} [pin]
 * @throws SetupError if npm cannot fetch Node 24, or what it fetched is not the recorded program
 */
export async function prepareNode (root, version = process.versions.node, pin = readPins().node) {
  if (runsTypeScript(version)) return process.execPath
  const fetched = join(root, 'node_modules/node/bin/node')
  if (!existsSync(fetched)) {
    say('fetching Node 24 from the npm registry (once)')
    await withNodePackage(root, pin.version, namePlatform(), (path) => {
      mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true })
      renameSync(path, fetched)
    })
  }
  if (!existsSync(fetched)) {
    throw new SetupError(
      `Node ${version} is too old and npm could not fetch Node 24: install Node 22.18 or later, then run this again.`
    )
  }
  const problem = findPinProblem(pin, fetched)
  if (problem === undefined) return fetched
  rmSync(fetched)
  throw new SetupError(
    `The Node that npm fetched is refused: ${problem}. It was removed. Install Node 22.18 or later, or run this again; ` +
      'if the sum is wrong again, do not use it, and report it.'
  )
}

/**
 * Calls `use` with the path of the `node` program in the package of a platform, which is removed afterwards. Does not
 * call it if npm cannot fetch the package.
 * @param {string} root
 * @param {string} version
 * @param {string} platform such as `linux-x64`
 * @param {(path: string) => void} use
 */
export async function withNodePackage (root, version, platform, use) {
  const name = `node-${platform}`
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  const directory = mkdtempSync(join(root, 'node_modules/.fetched-'))
  try {
    // Of another platform than this one, too.
    const options = ['--prefix', directory, '--ignore-scripts', '--no-save', '--no-package-lock', '--force']
    await runNpm(directory, ['install', ...options, '--loglevel=error', `${name}@${version}`])
    const path = join(directory, 'node_modules', name, 'bin/node')
    if (existsSync(path)) use(path)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
