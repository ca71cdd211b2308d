import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { open, readFile, truncate } from 'node:fs/promises'
import { connect } from 'node:net'
import t from 'tap'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { readFrameNumber, startPosterframe, UNISOLATED, waitUntil } from './posterframe.ts'

const videos = t.testdir()
const video = await makeBarcodeVideo(videos, 'clock.mp4', {
  seconds: 4,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
const LARGE_BYTES = 700e6
const MAX_RESIDENT_KIB = 200 * 1024

t.test('makes a thumbnail of an upload, and only once of the same upload', async (t) => {
  const service = await startPosterframe(t, UNISOLATED)
  const file = await openAsBlob(video)
  const made = await service.makeFromUpload(file, 'a "b" ü.mp4', '?timestamp=1.5&format=png')
  t.equal(made.status, 201)
  t.match(made.body, {
    timestamp: 1.48,
    source: {
      bucket: null,
      key: null,
      etag: createHash('sha256')
        .update(await readFile(video))
        .digest('hex')
    }
  })
  t.equal(await readFrameNumber(made), 37, 'the number of the frame')
  t.match(made.headers.get('server-timing'), /decode;dur=/)

  const runs = await service.countRuns()
  const again = await service.makeFromUpload(file, 'other-name.mp4', '?timestamp=1.5&format=png')
  t.match(again, { status: 200, body: { cached: true, key: made.body['key'] } })
  t.equal(await service.countRuns(), runs, 'without ffmpeg')
  t.same(await service.listScratch(), [])
})

t.test(
  'accepts 700 MB without holding them in memory',
  { skip: process.platform !== 'linux' && 'reads /proc' },
  async (t) => {
    const service = await startPosterframe(t)
    const large = await appendFreeBox(video, `${videos}/large.mp4`)
    const { status } = await service.makeFromUpload(await openAsBlob(large), 'large.mp4', '?timestamp=1')
    t.equal(status, 201)
    const peakKib = Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${service.pid}/status`, 'utf8'))?.[1])
    t.comment(`peak resident memory: ${Math.round(peakKib / 1024)} MiB`)
    t.ok(peakKib < MAX_RESIDENT_KIB, `${peakKib} KiB`)
    t.same(await service.listScratch(), [])
    await truncate(large)
  }
)

t.test('rejects an upload over the limit and a truncated one, and leaves nothing', async (t) => {
  const service = await startPosterframe(t, { POSTERFRAME_MAX_UPLOAD_BYTES: '10000' })
  t.match(await service.makeFromUpload(await openAsBlob(video), 'a.mp4'), {
    status: 413,
    body: { code: 'upload_too_large' }
  })
  const cut = await service.call('/v1/thumbnails', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nonly the beginn'
  })
  t.match(cut, { status: 400, body: { code: 'invalid_request' } })
  t.same(await service.listScratch(), [])
})

t.test('deletes everything when the sender disconnects', async (t) => {
  const service = await startPosterframe(t)
  const socket = connect(Number(new URL(service.base).port), '127.0.0.1')
  socket.write(
    'POST /v1/thumbnails HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n' +
      'Content-Length: 1000000\r\n\r\n' +
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' +
      'v'.repeat(100_000)
  )
  await waitUntil(async () => (await service.listScratch()).length > 0)
  socket.destroy()
  await waitUntil(async () => (await service.listScratch()).length === 0)
  t.equal((await service.call('/healthz')).status, 200)
})

t.test('stops ffmpeg when the client disconnects', async (t) => {
  const service = await startPosterframe(t, UNISOLATED)
  const slow = await makeBarcodeVideo(videos, 'slow.mp4', {
    seconds: 60,
    framesPerSecond: 25,
    args: [...H264, '-g', '9999', '-sc_threshold', '0']
  })
  const before = await service.countRuns()
  const controller = new AbortController()
  const body = new FormData()
  body.append('file', await openAsBlob(slow), 'slow.mp4')
  const response = fetch(`${service.base}/v1/thumbnails?timestamp=59`, { method: 'POST', body, signal: controller.signal })
  await waitUntil(async () => (await service.countRuns()) > before)
  controller.abort()
  await t.rejects(response, { name: 'AbortError' })
  await waitUntil(async () => (await service.listScratch()).length === 0)
  t.equal((await service.call('/readyz')).status, 200)
})

/** Writes an MP4 with a `free` box at its end, for 700 MB in total; the box is a hole that takes no disk space. */
async function appendFreeBox (from: string, to: string): Promise<string> {
  const head = await readFile(from)
  const box = Buffer.alloc(8)
  box.writeUInt32BE(LARGE_BYTES - head.length)
  box.write('free', 4)
  const file = await open(to, 'w')
  await file.writev([head, box])
  await file.truncate(LARGE_BYTES)
  await file.close()
  return to
}
