import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runQuietly, say } from './steps.mjs'

/**
 * A test picture with a running clock of seconds and hundredths, 25 frames a second, so that every frame shows its own
 * time. `testsrc` draws its digits without a font but no point, so two boxes put one between them.
 */
export const PICTURE =
  'testsrc=size=1280x720:rate=25:duration=20:decimals=2,' +
  'drawbox=x=880:y=436:w=24:h=28:color=black:t=fill,drawbox=x=884:y=440:w=16:h=16:color=white:t=fill'

export const SOUND = 'sine=frequency=440:duration=20'

/** In order of wish. Key frames are 10 s apart, so that an exact frame has to be worked for. */
const ENCODERS = [
  ['libx264', '-preset', 'veryfast', '-bf', '3'],
  ['libopenh264', '-b:v', '2M'],
  ['mpeg4', '-q:v', '4', '-bf', '2']
]

/**
 * Where `npm start` wants its sample video; undefined when the service is not on the local store.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root
 * @returns {{ bucket: string, key: string, path: string } | undefined}
 */
export function locateSampleVideo (env, root) {
  const store = env['POSTERFRAME_STORE'] || (env['POSTERFRAME_OUTPUT_BUCKET'] ? 's3' : 'local')
  if (store !== 'local') return undefined
  const bucket = (env['POSTERFRAME_SOURCE_BUCKETS'] || 'videos').split(',')[0]?.trim() ?? 'videos'
  const key = 'sample.mp4'
  return { bucket, key, path: join(resolve(root, env['POSTERFRAME_LOCAL_DIR'] || 'data'), bucket, key) }
}

/**
 * The arguments that make the sample video.
 * @param {string[]} encoder one of the encoders with its options
 * @param {string} path
 */
export function planSampleVideo (encoder, path) {
  return [
    '-v',
    'error',
    '-nostdin',
    '-y',
    '-f',
    'lavfi',
    '-i',
    PICTURE,
    '-f',
    'lavfi',
    '-i',
    SOUND,
    '-c:v',
    ...encoder,
    '-g',
    '250',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    '-b:a',
    '64k',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
    path
  ]
}

const LIBAV_SCRIPT = fileURLToPath(new URL('sample-libav.mjs', import.meta.url))

/**
 * Makes the sample video where it is missing. Without one the service still runs, so a failure is only told.
 * @param {string | undefined} ffmpeg undefined: FFmpeg's libraries make it
 * @param {string} path
 * @returns {Promise<boolean>} whether it is there
 */
export async function ensureSampleVideo (ffmpeg, path) {
  if (existsSync(path)) return true
  say(`making a sample video: ${path}`)
  mkdirSync(dirname(path), { recursive: true })
  // Beside the bucket, not in it: half a video is nothing that a request may find.
  const draft = `${dirname(path)}.${process.pid}.tmp`
  try {
    const tries =
      ffmpeg === undefined
        ? [[process.execPath, LIBAV_SCRIPT, draft]]
        : ENCODERS.map((encoder) => [ffmpeg, ...planSampleVideo(encoder, draft)])
    for (const [program = '', ...args] of tries) {
      const { ok } = await runQuietly(program, args, { timeoutMs: 120_000 })
      if (!ok) continue
      renameSync(draft, path)
      return true
    }
  } finally {
    rmSync(draft, { force: true })
  }
  say('this ffmpeg cannot make one; put a video there yourself')
  return false
}
