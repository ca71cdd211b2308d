import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findPinProblem, readPins } from './pins.mjs'
import { runQuietly, say, SetupError } from './steps.mjs'

const MISSING =
  'ffmpeg is missing: install it (apt-get install ffmpeg, dnf install ffmpeg, brew install ffmpeg) or set ' +
    'FFMPEG_PATH, then run this again.'

/**
 * Finds ffmpeg without starting it: FFMPEG_PATH, then the package ffmpeg-static, then the PATH.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its path
 * @throws SetupError if FFMPEG_PATH is not a program
 */
export function findFfmpeg (root, env) {
  const configured = env['FFMPEG_PATH']
  if (configured) {
    if (isExecutable(configured)) return configured
    throw new SetupError(`FFMPEG_PATH is ${configured}, which is not a program: correct it or unset it.`)
  }
  const directories = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return [staticFfmpeg(root), ...directories.map((directory) => join(directory, 'ffmpeg'))].find(isExecutable)
}

/**
 * Finds what the service decodes with: FFmpeg's libraries from npm; without them or with POSTERFRAME_DECODER=ffmpeg, an
 * ffmpeg, which is downloaded or installed if there is none.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./pins.mjs').Pin} [pin]
 * @returns {Promise<string | undefined>} the path of an ffmpeg; undefined if there is none and the libraries decode
 */
export async function prepareDecoder (root, env, pin = readPins()['ffmpeg-static']) {
  const hasLibav = existsSync(join(root, 'node_modules', `@seydx/node-av-${process.platform}-${process.arch}`))
  if (hasLibav && env['POSTERFRAME_DECODER'] !== 'ffmpeg') {
    refuseUnknownFfmpeg(root, pin)
    return findFfmpeg(root, env)
  }
  return await prepareFfmpeg(root, env, pin)
}

/**
 * Finds ffmpeg or installs it: with ffmpeg-static's own installer or, if this is root, from Debian.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./pins.mjs').Pin} [pin]
 * @returns {Promise<string>} its path
 * @throws SetupError if it cannot be installed
 */
export async function prepareFfmpeg (root, env, pin = readPins()['ffmpeg-static']) {
  if (!env['FFMPEG_PATH']) {
    await downloadStaticFfmpeg(root)
    refuseUnknownFfmpeg(root, pin)
  }
  const found = findFfmpeg(root, env)
  if (found !== undefined) return found
  await installDebianFfmpeg()
  const installed = findFfmpeg(root, env)
  if (installed === undefined) throw new SetupError(MISSING)
  return installed
}

/**
 * Removes the program of ffmpeg-static if it is not the recorded one: the lockfile has no digest of it.
 * @param {string} root
 * @param {import('./pins.mjs').Pin} pin
 */
function refuseUnknownFfmpeg (root, pin) {
  const ffmpeg = staticFfmpeg(root)
  const problem = isExecutable(ffmpeg) ? findPinProblem(pin, ffmpeg) : undefined
  if (problem === undefined) return
  rmSync(ffmpeg)
  writeFileSync(failureFile(root), `${problem}\n`)
  say(
    `the ffmpeg of ffmpeg-static is refused, and was removed: ${problem}. Install ffmpeg or set FFMPEG_PATH. To trust ` +
      'it, record its sum with npm run pin'
  )
}

/**
 * Downloads ffmpeg with the installer of ffmpeg-static, unless it is there or an earlier download failed.
 * @param {string} root
 */
export async function downloadStaticFfmpeg (root) {
  const ffmpeg = staticFfmpeg(root)
  const installer = join(root, 'node_modules/ffmpeg-static/install.js')
  const failure = failureFile(root)
  if (isExecutable(ffmpeg) || !existsSync(installer) || existsSync(failure)) return
  say('downloading a static ffmpeg (once)')
  // The installer would take an interrupted download for a complete one.
  rmSync(ffmpeg, { force: true })
  const { FFMPEG_BIN: _, ...env } = process.env
  const { ok, tail } = await runQuietly(process.execPath, [installer], { cwd: root, env, timeoutMs: 3 * 60_000 })
  if (ok && isExecutable(ffmpeg)) return
  rmSync(ffmpeg, { force: true })
  writeFileSync(failure, `${tail}\n`)
  say('the download failed; looking for ffmpeg on this machine')
}

async function installDebianFfmpeg () {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  say("installing Debian's ffmpeg package (once)")
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 10 * 60_000 }
  // The update fails if one of several sources is unreachable; another source may still have the package.
  await runQuietly('apt-get', ['update'], options)
  const { ok, tail } = await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'ffmpeg'], options)
  if (!ok) say(`the installation failed: ${tail.split('\n').at(-1) ?? ''}`)
}

/**
 * Returns the file that says that a download failed. A closed network answers slowly, so it is tried again only after
 * the next npm ci.
 * @param {string} root
 */
const failureFile = (root) => join(root, 'node_modules/ffmpeg-static/download-failed')

/**
 * Returns where ffmpeg-static puts its program.
 * @param {string} root
 */
export const staticFfmpeg = (root) =>
  join(root, 'node_modules/ffmpeg-static', process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg')

/** @param {string} path */
function isExecutable (path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
