import { readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import t from 'tap'
import { listDescendants } from '../support/process-use.ts'
import { createRandom } from '../support/random.ts'
import { NO_LIBAV } from '../support/test-decoder.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import {
  type CheckedResponse,
  type Posterframe,
  readFrameNumber,
  startPosterframe,
  UNISOLATED,
  waitUntil
} from './posterframe.ts'

const skip = process.platform !== 'linux' && 'reads /proc'
t.setTimeout(600_000)
const FRAMES_PER_SECOND = 25
const video = await makeBarcodeVideo(t.testdir(), 'clock.mp4', {
  seconds: 12,
  framesPerSecond: FRAMES_PER_SECOND,
  args: [...H264, '-g', '100']
})
const seed = Date.now() % 1e6
t.comment(`seed ${seed}`)
const random = createRandom(seed)

async function placeVideo (directory: string): Promise<void> {
  await mkdir(join(directory, 'data/videos'), { recursive: true })
  await copyFile(video, join(directory, 'data/videos/clock.mp4'))
}

const requestFrame = async (service: Posterframe, frame: number): Promise<CheckedResponse> =>
  await service.makeFromKey('clock.mp4', { timestamp: String((frame + 0.5) / FRAMES_PER_SECOND), format: 'png' })

const DECODERS: Array<[name: string, env: Record<string, string>, skip: string | false]> = [
  ['ffmpeg', {}, false],
  ['ffmpeg without namespaces', UNISOLATED, false],
  ['libav', { POSTERFRAME_DECODER: 'libav' }, NO_LIBAV]
]

for (const [name, env, without] of DECODERS) {
  t.test(
    `survives random kills of decoder processes without wrong pictures: ${name}`,
    { skip: skip || without },
    async (t) => {
      const service = await startPosterframe(t, env)
      await placeVideo(service.directory)
      let kills = 0
      const over = new AbortController()
      const killing = (async () => {
        while (!over.signal.aborted) {
          const victims = listDescendants(service.pid)
          const victim = victims[Math.floor(random() * victims.length)]
          if (victim !== undefined && random() < 0.5) {
            try {
              process.kill(victim, 'SIGKILL')
              kills++
            } catch {
              // It has ended.
            }
          }
          await delay(random() * 200)
        }
      })()
      const queue = Array.from({ length: 40 }, (_, index) => index * 7)
      const work = async () => {
        for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
          const response = await requestFrame(service, frame)
          if (response.status < 300) t.equal(await readFrameNumber(response), frame)
          else t.match(response, { status: 503, body: { code: 'overloaded', retryable: true } })
        }
      }
      await Promise.all([work(), work()])
      over.abort()
      await killing
      t.ok(kills > 0, `${kills} kills`)
      for (let index = 0; index < 40; index++) {
        const response = await requestFrame(service, index * 7)
        t.ok(response.status < 300, 'after the kills every request succeeds')
        t.equal(await readFrameNumber(response), index * 7)
      }
      t.same(await service.listScratch(), [])
    }
  )
}

t.test(
  'killing the service at random leaves no partial picture, no process, and nothing on scratch after the next start',
  { skip },
  async (t) => {
    // A short path, because liveness uses a socket, whose path may have at most 100 bytes.
    const scratch = await mkdtemp(join(tmpdir(), 'pf-'))
    t.teardown(() => rm(scratch, { recursive: true, force: true }))
    let service = await startPosterframe(t, { POSTERFRAME_SCRATCH_DIR: scratch })
    const { directory } = service
    await placeVideo(directory)
    for (let round = 0; round < 8; round++) {
      const running = Array.from({ length: 4 }, (_, index) =>
        requestFrame(service, round * 20 + index).catch(() => undefined)
      )
      await delay(random() * 400)
      const below = listDescendants(service.pid)
      process.kill(service.pid, 'SIGKILL')
      await Promise.all(running)
      await waitUntil(async () => below.every((pid) => !isRunning(pid)))
      service = await startPosterframe(t, { POSTERFRAME_SCRATCH_DIR: scratch }, directory)
      t.same(await readdir(scratch), [])
    }
    const pictures = await listPictures(join(directory, 'data/thumbnails'))
    for (const path of pictures) {
      await t.resolves(
        sharp(await readFile(path), { failOn: 'warning' })
          .raw()
          .toBuffer(),
        path
      )
    }
    const response = await requestFrame(service, 3)
    t.ok(response.status < 300)
    t.equal(await readFrameNumber(response), 3)
  }
)

/** Returns whether a process runs; a zombie does not. */
function isRunning (pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function listPictures (directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && /\.(png|jpg)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}
