// Many good videos at once on a machine that has hardly a process or thread left: no answer blames a video, and the
// service survives.
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { findProcessLimit } from '../support/process-limit.ts'
import { startService } from '../support/running-service.ts'
import { NO_LIBAV } from '../support/test-decoder.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'

const VIDEOS = 24
/**
 * Processes and threads that the service may start, round by round: none for a decoder, some for a few decoders, and
 * enough for some decoders beside which no thread is left for the encoder.
 */
const ROUNDS = [1, 6, 20]
const FORMATS = ['jpeg', 'webp', 'avif']

for (const [decoder, skip] of [
  ['ffmpeg', false],
  ['libav', NO_LIBAV]
] as const) {
  t.test(`blames the machine, not the videos, when it runs out of processes: ${decoder}`, { skip }, async (t) => {
    const limit = await findProcessLimit(t)
    if (typeof limit === 'string') {
      t.pass('is tried', { skip: limit })
      return
    }
    const directory = await mkdtemp(join(tmpdir(), 'pf-'))
    t.teardown(() => rm(directory, { recursive: true, force: true }))
    await mkdir(join(directory, 'videos'))
    const video = await makeBarcodeVideo(t.testdir(), 'film.mp4', { seconds: 2, framesPerSecond: 25, args: H264 })
    for (let index = 0; index < VIDEOS; index++) await copyFile(video, join(directory, `videos/${index}.mp4`))
    // The service may run as another user.
    for (const path of [directory, join(directory, 'videos')]) await chmod(path, 0o777)
    const [program = '', ...args] = limit.wrap(process.execPath, join(process.cwd(), 'src/server.ts'))
    const service = await startService(program, args, {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        FFMPEG_PATH: await findTestFfmpeg(),
        POSTERFRAME_DECODER: decoder,
        // Workers that start with the service need no further processes, so that nothing would fail.
        POSTERFRAME_DECODER_WARMUP: 'false',
        POSTERFRAME_SLOTS: '8',
        POSTERFRAME_LOCAL_DIR: directory,
        POSTERFRAME_SCRATCH_DIR: join(directory, 'scratch'),
        POSTERFRAME_LOG_LEVEL: 'fatal'
      }
    })
    t.teardown(() => service.stop())
    const makeAll = async (timestamp: number) =>
      await Promise.all(
        Array.from({ length: VIDEOS }, async (_, index) => {
          const response = await fetch(`${service.base}/v1/thumbnails`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ key: `${index}.mp4`, timestamp, format: FORMATS[index % FORMATS.length] })
          })
          const { code } = (await response.json()) as { code?: string }
          return { status: response.status, code, retryAfter: response.headers.get('retry-after') }
        })
      )

    let failures = 0
    // Each worker that hangs at its start costs seconds, so libav gets one round.
    for (const [round, more] of (decoder === 'libav' ? ROUNDS.slice(-1) : ROUNDS).entries()) {
      await limit.leave(service.pid, more)
      for (const response of await makeAll(round / 2)) {
        if (response.status < 300) continue
        failures++
        t.match(response, { status: 503, code: 'overloaded', retryAfter: /^\d+$/ }, `${more} more`)
      }
      await limit.lift(service.pid)
      for (const { status, code } of await makeAll(round / 2)) t.ok(status < 300, code ?? 'is made')
    }
    t.ok(failures > 0, `${failures} responses failed`)
    t.equal((await fetch(`${service.base}/healthz`)).status, 200, service.output())
  })
}
