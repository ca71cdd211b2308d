import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ffmpeg } from '../support/videos.ts'
import { watchUse } from '../support/process-use.ts'
import { startPosterframe } from './posterframe.ts'

const MAX_CPU_SECONDS = 5
/** Pictures of 549 MiB, and about 60 MiB of the decoder itself. */
const MAX_CHILD_BYTES = 640 * 2 ** 20
const skip = process.platform !== 'linux' && 'reads /proc'
const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error']
const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']
/** Pixel format, encoder and frames of videos of 34 million pixels, and their outcomes. */
const HUGE: ReadonlyArray<readonly [string, string, readonly string[], number, number]> = [
  ['hevc-8-bits.mp4', 'yuv420p', x265, 4, 201],
  ['hevc-12-bits.mp4', 'yuv444p12le', x265, 4, 201],
  ['vp9-12-bits.mp4', 'yuv444p12le', vp9, 3, 422],
  ['png-16-bits.mov', 'rgba64be', ['-c:v', 'png'], 2, 201],
  ['prores-4444.mov', 'yuva444p10le', ['-c:v', 'prores_ks', '-profile:v', '4444'], 2, 201]
]
t.setTimeout(600_000)

t.test('decodes or rejects the deepest pictures of 34 million pixels within the memory', { skip }, async (t) => {
  const videos = t.testdir()
  const service = await startPosterframe(t)
  for (const [name, format, args, frames, expected] of HUGE) {
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=8192x4096:r=25', '-frames:v', String(frames)]
    await ffmpeg(videos, ...source, '-pix_fmt', format, ...args, name)
    const watch = watchUse(service.pid)
    const video = await openAsBlob(join(videos, name))
    const { status, body } = await service.makeFromUpload(video, name, '?timestamp=last')
    const { cpuSeconds, peakChildBytes } = watch.stop()
    t.equal(status, expected, `${name}: ${String(body['code'])}`)
    t.ok(cpuSeconds <= MAX_CPU_SECONDS, `${name}: ${cpuSeconds.toFixed(2)} s of CPU`)
    t.ok(peakChildBytes <= MAX_CHILD_BYTES, `${name}: ${Math.round(peakChildBytes / 2 ** 20)} MiB`)
  }
})
