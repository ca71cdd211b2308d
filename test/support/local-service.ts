// Runs the service as a user does, on a local store with a video of numbered frames.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { type RunningService, startService } from './running-service.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo, readBarcode } from './videos.ts'

/** The parts of a tap test that the cleanup needs. */
interface Test {
  teardown(task: () => unknown): void
}

export interface LocalService extends RunningService {
  /** Path of the video, the object `film.mp4` in the default bucket: 4 seconds, 100 numbered frames, 320 x 192. */
  readonly path: string
}

/** Starts the service with `env` added to its environment. It is stopped after the test. */
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

/** Returns the number of the frame in the picture at a URL. */
export async function readFrameNumber (url: string): Promise<number> {
  const { data, info } = await sharp(Buffer.from(await (await fetch(url)).arrayBuffer()))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}
