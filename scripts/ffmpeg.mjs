import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
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
 * @returns {Promise<string | undefined>} the path of an ffmpeg; undefined if there is none and the libraries decode
 */
export async function prepareDecoder (root, env) {
  const hasLibav = existsSync(join(root, 'node_modules', `@seydx/node-av-${process.platform}-${process.arch}`))
  if (hasLibav && env['POSTERFRAME_DECODER'] !== 'ffmpeg') return findFfmpeg(root, env)
  return await prepareFfmpeg(root, env)
}

/**
 * Finds ffmpeg or installs it: with ffmpeg-static's own installer or, if this is root, from Debian.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} its path
 * @throws SetupError if it cannot be installed
 */
export async function prepareFfmpeg (root, env) {
  if (!env['FFMPEG_PATH']) await downloadStaticFfmpeg(root)
  const found = findFfmpeg(root, env)
  if (found !== undefined) return found
  await installDebianFfmpeg()
  const installed = findFfmpeg(root, env)
  if (installed === undefined) throw new SetupError(MISSING)
  return installed
}

/** @param {string} root */
async function downloadStaticFfmpeg (root) {
  const ffmpeg = staticFfmpeg(root)
  const installer = join(root, 'node_modules/ffmpeg-static/install.js')
  // A closed network answers slowly, so a failed download is tried again only after the next npm ci.
  const failure = join(root, 'node_modules/ffmpeg-static/download-failed')
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

/** @param {string} root */
const staticFfmpeg = (root) =>
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
