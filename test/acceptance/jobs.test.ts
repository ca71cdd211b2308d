import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'
import { type Posterframe, startPosterframe } from './posterframe.ts'

const skip = await findTestFfmpeg().then(
  () => false as const,
  () => 'needs ffmpeg'
)

async function putVideo (directory: string): Promise<void> {
  await mkdir(join(directory, 'data/videos'), { recursive: true })
  await makeBarcodeVideo(join(directory, 'data/videos'), 'film.mp4', {
    seconds: 4,
    framesPerSecond: 25,
    args: [...H264, '-g', '5', '-movflags', '+faststart']
  })
}

const request = async (service: Posterframe, path: string, body: object) =>
  await service.call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({ key: 'film.mp4', ...body })
  })

async function waitForJob (service: Posterframe, location: string) {
  for (;;) {
    const { body } = await service.call(location)
    if (body['state'] !== 'running') return body
    await delay(50)
  }
}

t.test('completes asynchronous storyboards, previews and batches', { skip }, async (t) => {
  const directory = t.testdir()
  await putVideo(directory)
  const service = await startPosterframe(t, {}, directory)
  for (const [path, body, url] of [
    ['/v1/storyboards', { interval: '1s' }, (result: { sheets: Array<{ url: string }> }) => result.sheets[0]?.url],
    ['/v1/previews', { duration: 3, kind: 'span' }, (result: { url: string }) => result.url],
    [
      '/v1/thumbnails/batch',
      { items: [{ timestamp: '1s' }] },
      (result: { thumbnails: Array<{ url: string }> }) => result.thumbnails[0]?.url
    ]
  ] as const) {
    const { status, headers } = await request(service, path, body)
    t.equal(status, 202)
    const location = headers.get('location') ?? ''
    const job = await waitForJob(service, location)
    t.match(job, { state: 'succeeded' }, JSON.stringify(job))
    t.match((await fetch((url as (result: unknown) => string)(job['result']))).headers.get('content-type'), /^image\//)
    const record = JSON.parse(
      await readFile(join(directory, `data/thumbnails/thumbnails/${location.slice('/v1/'.length)}.json`), 'utf8')
    ) as object
    t.match(record, { state: 'succeeded', body: { key: 'film.mp4' } })
  }
})

t.test('marks jobs as interrupted when the service is stopped', { skip }, async (t) => {
  const directory = t.testdir()
  await putVideo(directory)
  const service = await startPosterframe(t, { POSTERFRAME_SLOTS: '1' }, directory)
  const accepted = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      request(service, '/v1/storyboards', { interval: '200ms', mode: 'exact', width: 320 - index, format: 'avif' })
    )
  )
  t.equal(await service.stop(), 0)
  const next = await startPosterframe(t, {}, directory)
  const states = await Promise.all(
    accepted.map(async ({ headers }) => (await next.call(headers.get('location') ?? '')).body)
  )
  t.notOk(states.some(({ state }) => state === 'running'))
  t.match(states.at(-1), { state: 'failed', problem: { code: 'job_interrupted', retryable: true } })
  const again = await request(next, '/v1/storyboards', { interval: '200ms', mode: 'exact', width: 315, format: 'avif' })
  t.equal(again.headers.get('location'), accepted.at(-1)?.headers.get('location'))
  const job = await waitForJob(next, again.headers.get('location') ?? '')
  t.match(job, { state: 'succeeded', result: { tileWidth: 315 } })
})
