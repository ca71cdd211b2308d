import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Inside node_modules, so that a new installation forgets it and tries again. */
const DIRECTORY = 'node_modules/.posterframe'

/**
 * Whether a step failed here before; on a closed network it is not tried again at every start.
 * @param {string} root
 * @param {string} step
 */
export function hasFailedBefore (root, step) {
  return existsSync(join(root, DIRECTORY, `${step}-failed`))
}

/**
 * @param {string} root
 * @param {string} step
 * @param {string} reason for whoever looks
 */
export function rememberFailure (root, step, reason) {
  mkdirSync(join(root, DIRECTORY), { recursive: true })
  writeFileSync(join(root, DIRECTORY, `${step}-failed`), `${reason}\n`)
}
