import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { listDescendants } from '../test/support/process-use.ts'
import { startService } from '../test/support/running-service.ts'
import { H264, ffmpeg } from '../test/support/videos.ts'
import { buildPosterframe } from './posterframe.ts'

// What the service and what decodes for it hold in memory together while they make thousands of thumbnails; a line every thousand.

const { values } = parseArgs({
  options: {
    thumbnails: { type: 'string', default: '10000' },
    callers: { type: 'string', default: '4' },
    decoder: { type: 'string', default: 'libav' }
  }
})

const total = Number(values.thumbnails)
const SECONDS = 120
const FRAMES_PER_SECOND = 30
const REPORT_EVERY = 1000

await buildPosterframe()
const directory = await mkdtemp(join(tmpdir(), 'posterframe-memory-'))
try {
  const videos = join(directory, 'store', 'videos')
  await mkdir(videos, { recursive: true })
  await ffmpeg(videos, '-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=${FRAMES_PER_SECOND}:d=${SECONDS}`, ...H264, '-g', '15', 'video.mp4')
  const service = await startService(process.execPath, ['dist/server.mjs'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      PATH: process.env['PATH'],
      // As in the image.
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '1048576',
      POSTERFRAME_LOCAL_DIR: join(directory, 'store'),
      POSTERFRAME_SCRATCH_DIR: directory,
      POSTERFRAME_DECODER: values.decoder,
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
  })
  try {
    await makeAll(service.base, service.pid)
  } finally {
    await service.stop()
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

/** Another frame each time, or another width of one. */
async function makeAll (base: string, pid: number): Promise<void> {
  let next = 0
  const frames = SECONDS * FRAMES_PER_SECOND
  const call = async () => {
    for (let number = next++; number < total; number = next++) {
      const timestamp = ((number * 7 % frames) / FRAMES_PER_SECOND).toFixed(6)
      const response = await fetch(`${base}/v1/thumbnails`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key: 'video.mp4', timestamp, seek: 'exact', width: 640 - Math.floor(number / frames) })
      })
      if (response.status !== 201) throw new Error(`it answered ${response.status}: ${await response.text()}`)
      await response.arrayBuffer()
      if ((number + 1) % REPORT_EVERY === 0) await report(number + 1, pid)
    }
  }
  await Promise.all(Array.from({ length: Number(values.callers) }, call))
}

async function report (count: number, pid: number): Promise<void> {
  const processes = await Promise.all([pid, ...listDescendants(pid)].map(readMemory))
  const sum = (read: (memory: Memory) => number) => (processes.reduce((total, memory) => total + read(memory), 0) / 1024).toFixed(0)
  process.stdout.write(`${count} thumbnails: ${sum(({ proportional }) => proportional)} MiB, ${sum(({ resident }) => resident)} with what is shared counted for each of ${processes.length} processes; the service ${((processes[0]?.proportional ?? 0) / 1024).toFixed(0)}\n`)
}

/** In KiB; what several processes share counts for each in part, or whole (proc(5), `smaps_rollup`). */
interface Memory { readonly proportional: number, readonly resident: number }

async function readMemory (pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '')
  const read = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  return { proportional: read('Pss'), resident: read('Rss') }
}
