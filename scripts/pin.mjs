// npm run pin: records the SHA-256 of the programs that ffmpeg-static and node download, after one of them was updated.
// Sums of other platforms stay if the version is the same, and are dropped otherwise.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { downloadStaticFfmpeg, staticFfmpeg } from './ffmpeg.mjs'
import { NODE_PLATFORMS, withNodePackage } from './node-binary.mjs'
import { hashFile, namePlatform, PINS_FILE, readPins } from './pins.mjs'
import { say, SetupError } from './steps.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

try {
  const pins = readPins()
  pins.node = renew('node', pins.node)
  for (const platform of NODE_PLATFORMS) {
    await withNodePackage(root, pins.node.version, platform, (path) => record(pins.node, platform, hashFile(path)))
  }
  pins['ffmpeg-static'] = renew('ffmpeg-static', pins['ffmpeg-static'])
  const ffmpeg = staticFfmpeg(root)
  rmSync(ffmpeg, { force: true })
  rmSync(join(root, 'node_modules/ffmpeg-static/download-failed'), { force: true })
  await downloadStaticFfmpeg(root)
  if (existsSync(ffmpeg)) record(pins['ffmpeg-static'], namePlatform(), hashFile(ffmpeg))
  writeFileSync(PINS_FILE, `${JSON.stringify(pins, null, 2)}\n`)
  say('compare new sums with those that the release page of each project shows, before you commit scripts/pins.json')
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exitCode = 1
}

/**
 * Returns the pin for the installed version, without the sums of another one.
 * @param {string} name
 * @param {import('./pins.mjs').Pin} pin
 * @returns {import('./pins.mjs').Pin}
 */
function renew (name, pin) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'))
  return version === pin.version ? pin : { version, sha256: {} }
}

/**
 * @param {import('./pins.mjs').Pin} pin
 * @param {string} platform
 * @param {string} sum
 */
function record (pin, platform, sum) {
  const isNew = pin.sha256[platform] !== sum
  pin.sha256[platform] = sum
  say(`${platform}: ${sum}${isNew ? ' (new)' : ''}`)
}
