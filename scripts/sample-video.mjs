import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runQuietly, say } from './steps.mjs'

/**
 * A test pattern with a clock of seconds and hundredths at 25 frames a second, so that every frame shows its own
 * timestamp. `testsrc` draws digits without a font but no decimal point, so two boxes draw one.
 */
export const PICTURE =
  'testsrc=size=1280x720:rate=25:duration=20:decimals=2,' +
  'drawbox=x=880:y=436:w=24:h=28:color=black:t=fill,drawbox=x=884:y=440:w=16:h=16:color=white:t=fill'

export const SOUND = 'sine=frequency=440:duration=20'

/** In order of preference. Key frames are 10 s apart, so that an exact frame needs real work. */
const ENCODERS = [
  ['libx264', '-preset', 'veryfast', '-bf', '3'],
  ['libopenh264', '-b:v', '2M'],
  ['mpeg4', '-q:v', '4', '-bf', '2']
]

/**
 * Returns where `npm start` puts its sample video; undefined if the service does not use the local store.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root
 * @returns {{ bucket: string, key: string, path: string } | undefined}
 */
export function locateSampleVideo (env, root) {
  const namesBuckets = env['POSTERFRAME_OUTPUT_BUCKET'] || env['POSTERFRAME_SOURCE_BUCKETS']
  // Buckets without a store mean S3, even if one of the two variables is missing, which the service then reports.
  if ((env['POSTERFRAME_STORE'] || (namesBuckets ? 's3' : 'local')) !== 'local') return undefined
  const bucket = (env['POSTERFRAME_SOURCE_BUCKETS'] || 'videos').split(',')[0]?.trim() ?? 'videos'
  const key = 'sample.mp4'
  return { bucket, key, path: join(resolve(root, env['POSTERFRAME_LOCAL_DIR'] || 'data'), bucket, key) }
}

/**
 * Returns the arguments of ffmpeg that encode the sample video.
 * @param {string[]} encoder its name and options
 * @param {string} path
 */
function buildArguments (encoder, path) {
  const inputs = [PICTURE, SOUND].flatMap((source) => ['-f', 'lavfi', '-i', source])
  const video = ['-c:v', ...encoder, '-g', '250', '-pix_fmt', 'yuv420p']
  const audio = ['-c:a', 'aac', '-b:a', '64k']
  return ['-v', 'error', '-nostdin', '-y', ...inputs, ...video, ...audio, '-movflags', '+faststart', '-f', 'mp4', path]
}

const LIBAV_SCRIPT = fileURLToPath(new URL('sample-libav.mjs', import.meta.url))

/**
 * Encodes the sample video unless it exists. The service runs without one, so a failure only prints a line.
 * @param {string | undefined} ffmpeg undefined: FFmpeg's libraries encode it
 * @param {string} path
 * @returns {Promise<boolean>} whether the video exists now
 */
export async function ensureSampleVideo (ffmpeg, path) {
  if (existsSync(path)) return true
  say(`making a sample video: ${path}`)
  mkdirSync(dirname(path), { recursive: true })
  // Beside the bucket, so that no request finds an unfinished video.
  const draft = `${dirname(path)}.${process.pid}.tmp`
  try {
    const tries =
      ffmpeg === undefined
        ? [[process.execPath, LIBAV_SCRIPT, draft]]
        : ENCODERS.map((encoder) => [ffmpeg, ...buildArguments(encoder, draft)])
    for (const [program = '', ...args] of tries) {
      const { ok } = await runQuietly(program, args, { timeoutMs: 120_000 })
      if (!ok) continue
      renameSync(draft, path)
      return true
    }
  } finally {
    rmSync(draft, { force: true })
  }
  say('ffmpeg could not encode one; put a video of your own there')
  return false
}
