import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { hasFailedBefore, rememberFailure } from './attempts.mjs'
import { runQuietly, say, SetupError } from './steps.mjs'

const MISSING =
  'ffmpeg is missing: install it (apt-get install ffmpeg, dnf install ffmpeg, brew install ffmpeg) or set ' +
    'FFMPEG_PATH, then run this again.'

/**
 * Finds ffmpeg without starting it: FFMPEG_PATH, else the package ffmpeg-static, else the PATH.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its path
 */
export function findFfmpeg (root, env) {
  if (env['FFMPEG_PATH']) {
    if (!isExecutable(env['FFMPEG_PATH'])) {
      throw new SetupError(`FFMPEG_PATH is ${env['FFMPEG_PATH']}, which is not a program: set it right or unset it.`)
    }
    return env['FFMPEG_PATH']
  }
  const candidates = [
    staticFfmpeg(root),
    ...(env['PATH'] ?? '')
      .split(delimiter)
      .filter(Boolean)
      .map((part) => join(part, 'ffmpeg'))
  ]
  return candidates.find(isExecutable)
}

/**
 * Finds what the service decodes with: ffmpeg, if it is there or ffmpeg-static's installer brings it; else FFmpeg's
 * libraries out of an npm package; else Debian's ffmpeg.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>} the path of ffmpeg; undefined where the libraries are to be used
 */
export async function prepareDecoder (root, env) {
  const isInstalled = existsSync(join(root, 'node_modules', `@seydx/node-av-${process.platform}-${process.arch}`))
  if (isInstalled && env['POSTERFRAME_DECODER'] === 'libav') return findFfmpeg(root, env)
  if (!env['FFMPEG_PATH']) await installStaticFfmpeg(root)
  const found = findFfmpeg(root, env)
  if (found !== undefined || (isInstalled && env['POSTERFRAME_DECODER'] !== 'ffmpeg')) return found
  return await prepareFfmpeg(root, env)
}

/**
 * Finds ffmpeg, or gets it: by ffmpeg-static's own installer, else as Debian's package where that is allowed.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} its path
 */
export async function prepareFfmpeg (root, env) {
  if (!env['FFMPEG_PATH']) await installStaticFfmpeg(root)
  const found = findFfmpeg(root, env)
  if (found !== undefined) return found
  await installDebianFfmpeg()
  const installed = findFfmpeg(root, env)
  if (installed === undefined) throw new SetupError(MISSING)
  return installed
}

/** @param {string} root */
async function installStaticFfmpeg (root) {
  const installer = join(root, 'node_modules/ffmpeg-static/install.js')
  if (isExecutable(staticFfmpeg(root)) || !existsSync(installer) || hasFailedBefore(root, 'ffmpeg')) return
  say('downloading a static ffmpeg (once)')
  // A download that was cut short leaves a file that the installer takes for the whole.
  rmSync(staticFfmpeg(root), { force: true })
  const { FFMPEG_BIN: _, ...env } = process.env
  const { ok, tail } = await runQuietly(process.execPath, [installer], { cwd: root, env, timeoutMs: 3 * 60_000 })
  if (ok && isExecutable(staticFfmpeg(root))) return
  rmSync(staticFfmpeg(root), { force: true })
  rememberFailure(root, 'ffmpeg', tail)
  say('the download failed; looking for ffmpeg on this machine')
}

async function installDebianFfmpeg () {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  say("installing Debian's ffmpeg package (once)")
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 10 * 60_000 }
  // An index that is partly out of reach may still have the package, so only the second command decides.
  await runQuietly('apt-get', ['update'], options)
  const { ok, tail } = await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'ffmpeg'], options)
  if (!ok) say(`that failed: ${tail.split('\n').at(-1) ?? ''}`)
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
