// The service as `npm start` leaves it: a local store whose bucket `videos` has the sample video.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureSampleVideo } from '../../scripts/sample-video.mjs'
import { type RunningService, startService } from './running-service.ts'
import { findTestFfmpeg } from './videos.ts'

/** The part of a tap test that cleans up after it. */
interface Test {
  teardown(task: () => unknown): void
}

/** Running service with the path of its sample video. */
export interface SampleService extends RunningService {
  readonly path: string
}

/** Starts it, and stops it with the test. */
export async function startSampleService (t: Test): Promise<SampleService> {
  const directory = mkdtempSync(join(tmpdir(), 'posterframe-sample-'))
  t.teardown(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const ffmpeg = await findTestFfmpeg()
  const path = join(directory, 'videos/sample.mp4')
  if (!(await ensureSampleVideo(ffmpeg, path))) throw new Error('ffmpeg cannot make the sample video')
  const service = await startService(process.execPath, ['src/server.ts'], {
    cwd: process.cwd(),
    env: {
      PATH: process.env['PATH'],
      FFMPEG_PATH: ffmpeg,
      POSTERFRAME_LOCAL_DIR: directory,
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
  })
  t.teardown(() => service.stop())
  return { ...service, path }
}
