// Production needs only the packages of production, without their install scripts, the sources, and ffmpeg.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startService } from './support/running-service.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from './support/videos.ts'

const isDeep = process.env['CI'] === 'true' || process.env['POSTERFRAME_DEEP_TESTS'] === '1'
const reasonToSkip = isDeep ? false : 'installs packages; set POSTERFRAME_DEEP_TESTS=1 to run it'
const patience = { timeout: 600_000 }
if (isDeep) t.setTimeout(patience.timeout)

t.test('npm ci --omit=dev --ignore-scripts is enough to serve', { skip: reasonToSkip, ...patience }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'posterframe-production-'))
  t.teardown(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(file, join(directory, file))
  cpSync('src', join(directory, 'src'), { recursive: true })
  execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit']
  })

  const service = await startService(process.execPath, ['src/server.ts'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], FFMPEG_PATH: await findTestFfmpeg() }
  })
  await makeBarcodeVideo(join(directory, 'data/videos'), 'a.mp4', { seconds: 1, framesPerSecond: 24, args: [...H264] })
  const response = await fetch(`${service.base}/v1/thumbnails?key=a.mp4&timestamp=0.5`)
  t.match(response, { status: 200 })
  t.equal(response.headers.get('content-type'), 'image/jpeg')
  t.equal((await fetch(`${service.base}/metrics`)).status, 200)
  t.equal(await service.stop(), 0)
})
