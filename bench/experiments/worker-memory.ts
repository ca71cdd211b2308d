// node bench/experiments/worker-memory.ts: the memory of the service and its decoder processes together while they make
// thousands of thumbnails; prints a line every thousand.
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { listDescendants } from '../../test/support/process-use.ts'
import { startService } from '../../test/support/running-service.ts'
import { H264, ffmpeg } from '../../test/support/videos.ts'
import { buildPosterframe, IMAGE_ALLOCATOR, requestThumbnail, ROOT } from '../support/posterframe.ts'

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
const FRAMES = SECONDS * FRAMES_PER_SECOND
const REPORT_EVERY = 1000
/** Keys with the same video, enough to have a frame for each thumbnail. */
const keys = Array.from({ length: Math.ceil(total / FRAMES) }, (_, index) => `video-${index}.mp4`)

await buildPosterframe()
const directory = await mkdtemp(join(tmpdir(), 'posterframe-memory-'))
try {
  const videos = join(directory, 'store', 'videos')
  await mkdir(videos, { recursive: true })
  const picture = `testsrc2=s=1920x1080:r=${FRAMES_PER_SECOND}:d=${SECONDS}`
  await ffmpeg(videos, '-f', 'lavfi', '-i', picture, ...H264, '-g', '15', keys[0]!)
  for (const key of keys.slice(1)) await copyFile(join(videos, keys[0]!), join(videos, key))
  const service = await startService(process.execPath, ['dist/server.mjs'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      ...IMAGE_ALLOCATOR,
      POSTERFRAME_LOCAL_DIR: join(directory, 'store'),
      POSTERFRAME_SCRATCH_DIR: directory,
      POSTERFRAME_DECODER: values.decoder,
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
  })
  try {
    await requestAll(service.base, service.pid)
  } finally {
    await service.stop()
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

/** Requests every frame once, out of order. */
async function requestAll (base: string, pid: number): Promise<void> {
  let next = 0
  const call = async () => {
    for (let number = next++; number < total; number = next++) {
      await requestThumbnail(base, {
        key: keys[Math.floor(number / FRAMES)]!,
        atSeconds: ((number * 7) % FRAMES) / FRAMES_PER_SECOND,
        seek: 'exact'
      })
      if ((number + 1) % REPORT_EVERY === 0) await report(number + 1, pid)
    }
  }
  await Promise.all(Array.from({ length: Number(values.callers) }, call))
}

async function report (count: number, pid: number): Promise<void> {
  const processes = await Promise.all([pid, ...listDescendants(pid)].map(readMemory))
  const sumMib = (read: (memory: Memory) => number) =>
    (processes.reduce((sum, memory) => sum + read(memory), 0) / 1024).toFixed(0)
  const proportional = sumMib((memory) => memory.proportional)
  const resident = sumMib((memory) => memory.resident)
  process.stdout.write(
    `${count} thumbnails: ${proportional} MiB proportional, ${resident} MiB resident, ${processes.length} processes\n`
  )
}

/**
 * Memory of a process in KiB, from `smaps_rollup` of proc(5). Shared pages count in part in the proportional set size,
 * and fully in the resident set size of each process.
 */
interface Memory {
  readonly proportional: number
  readonly resident: number
}

async function readMemory (pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '')
  const read = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  return { proportional: read('Pss'), resident: read('Rss') }
}
