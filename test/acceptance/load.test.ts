import { createHash } from 'node:crypto'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { startPosterframe, UNISOLATED, waitUntil } from './posterframe.ts'

const videos = t.testdir()
const video = await makeBarcodeVideo(videos, 'clock.mp4', { seconds: 8, framesPerSecond: 25, args: H264 })

t.test('runs ffmpeg for one of fifty equal requests', async (t) => {
  const service = await startPosterframe(t, UNISOLATED)
  await placeVideo(service.directory)
  const before = await service.countRuns()
  t.equal((await service.makeFromKey('clock.mp4', { timestamp: '1' })).status, 201)
  const runsOfOne = (await service.countRuns()) - before

  const responses = await Promise.all(
    Array.from({ length: 50 }, () => service.makeFromKey('clock.mp4', { timestamp: '2' }))
  )
  t.equal((await service.countRuns()) - before, 2 * runsOfOne)
  t.equal(new Set(responses.map(({ body }) => body['key'])).size, 1)
  const pictures = await Promise.all(
    responses.slice(0, 5).map(async ({ body }) => hash(await fetch(String(body['url']))))
  )
  t.equal(new Set(pictures).size, 1)
  t.same(await service.listScratch(), [])
})

t.test('responds to each of two hundred different requests with 201 or 503', async (t) => {
  const service = await startPosterframe(t, {
    POSTERFRAME_SLOTS: '2',
    POSTERFRAME_QUEUE: '8',
    POSTERFRAME_TIMEOUT_MS: '120000'
  })
  await placeVideo(service.directory)
  const responses = await Promise.all(
    Array.from({ length: 200 }, (_, index) => service.makeFromKey('clock.mp4', { timestamp: `${index * 40}ms` }))
  )
  const made = responses.filter(({ status }) => status === 201)
  const rejected = responses.filter(({ status }) => status === 503)
  t.equal(made.length + rejected.length, 200, 'only 201 and 503')
  t.ok(made.length >= 2, `${made.length} were made`)
  t.ok(rejected.length > 0, `${rejected.length} were rejected`)
  for (const { headers, body } of rejected) {
    t.equal(body['code'], 'overloaded')
    t.match(headers.get('retry-after'), /^\d+$/)
  }
  t.same(await service.listScratch(), [])
  t.equal((await service.makeFromKey('clock.mp4', { timestamp: '7.96' })).status < 300, true, 'accepts requests again')
})

t.test('finishes running requests after SIGTERM, and leaves nothing on scratch', async (t) => {
  const service = await startPosterframe(t, {
    POSTERFRAME_SLOTS: '2',
    POSTERFRAME_QUEUE: '20',
    POSTERFRAME_TIMEOUT_MS: '120000',
    ...UNISOLATED
  })
  await placeVideo(service.directory)
  const before = await service.countRuns()
  const running = Array.from({ length: 6 }, (_, index) => service.makeFromKey('clock.mp4', { timestamp: `${index}` }))
  await waitUntil(async () => (await service.countRuns()) > before)
  const ended = service.stop()
  t.same(
    (await Promise.all(running)).map(({ status }) => status),
    [201, 201, 201, 201, 201, 201]
  )
  await t.rejects(service.makeFromKey('clock.mp4', { timestamp: '7' }), 'new requests are rejected')
  t.equal(await ended, 0)
  t.same(await service.listScratch(), [])
})

async function placeVideo (directory: string): Promise<void> {
  await mkdir(join(directory, 'data', 'videos'), { recursive: true })
  await copyFile(video, join(directory, 'data', 'videos', 'clock.mp4'))
}

async function hash (response: Response): Promise<string> {
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex')
}
