// The SHA-256 of programs that packages download by themselves, past the digests of package-lock.json.
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/**
 * The version of a package that downloads a program, and the sum of the program on each platform, such as `linux-x64`.
 * @typedef {{ version: string, sha256: Record<string, string> }} Pin
 * @typedef {Record<'ffmpeg-static' | 'node', Pin>} Pins
 */

/** Path of the sums. `npm run pin` writes it. */
export const PINS_FILE = new URL('pins.json', import.meta.url)
const CHUNK_BYTES = 2 ** 20

/**
 * Returns the sums that were recorded.
 * @returns {Pins}
 */
export function readPins () {
  return JSON.parse(readFileSync(PINS_FILE, 'utf8'))
}

/** Returns the platform of this process as the pins name it. */
export function namePlatform () {
  return `${process.platform}-${process.arch}`
}

/**
 * Returns why a program is not the recorded one, as a clause that names the sums; undefined if it is.
 * @param {Pin} pin
 * @param {string} path
 * @param {string} [platform]
 * @returns {string | undefined}
 */
export function findPinProblem (pin, path, platform = namePlatform()) {
  const wanted = pin.sha256[platform]
  if (wanted === undefined) return `no SHA-256 is recorded for ${platform}`
  const found = hashFile(path)
  return found === wanted ? undefined : `its SHA-256 is ${found}, and not ${wanted} as recorded in scripts/pins.json`
}

/**
 * Returns the SHA-256 of a file, in hexadecimal.
 * @param {string} path
 */
export function hashFile (path) {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  const file = openSync(path, 'r')
  try {
    for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, bytes))
    }
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
