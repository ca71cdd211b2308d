// The service as a user runs it, on a local store with a video whose frames carry their numbers.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { type RunningService, startService } from './running-service.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo, readBarcode } from './videos.ts'

/** As much of a tap test as is needed to clean up after it. */
interface Test {
  teardown(task: () => unknown): void
}

export interface LocalService extends RunningService {
  /** The video, which is also the object `film.mp4` of the default bucket: 100 frames in 4 seconds, 320 x 192. */
  readonly path: string
}

/** Starts it, and ends it with the test; `env` joins its environment. */
export async function startLocalService (t: Test, env: Readonly<Record<string, string>> = {}): Promise<LocalService> {
  const directory = mkdtempSync(join(tmpdir(), 'posterframe-local-'))
  t.teardown(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const bucket = join(directory, 'videos')
  mkdirSync(bucket)
  const path = await makeBarcodeVideo(bucket, 'film.mp4', {
    seconds: 4,
    framesPerSecond: 25,
    args: [...H264, '-movflags', '+faststart']
  })
  const service = await startService(process.execPath, ['src/server.ts'], {
    cwd: process.cwd(),
    env: {
      PATH: process.env['PATH'],
      FFMPEG_PATH: await findTestFfmpeg(),
      POSTERFRAME_LOCAL_DIR: directory,
      POSTERFRAME_LOG_LEVEL: 'warn',
      ...env
    }
  })
  t.teardown(() => service.stop())
  return { ...service, path }
}

/** The number that the frame in a picture carries. */
export async function readFrameNumber (url: string): Promise<number> {
  const { data, info } = await sharp(Buffer.from(await (await fetch(url)).arrayBuffer()))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}
