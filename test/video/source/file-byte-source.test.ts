import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openFileSource } from '../../../src/video/source/file-byte-source.ts'
import { createRandom } from '../../support/random.ts'

const { signal } = new AbortController()
const video = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, at) => at * 7 + (at >> 8)))

const makeFile = (directory: string) => join(directory, 'source')

t.test('reads any range, and counts bytes but no requests', async (t) => {
  const source = await openFileSource(makeFile(t.testdir({ source: video })), { etag: 'abc', signal })
  t.teardown(() => source.close())
  t.match(source, { size: video.length, etag: 'abc', stats: { bytesRead: 0, requests: 0 } })
  const random = createRandom(3)
  const ranges = Array.from(
    { length: 100 },
    () =>
      [random(), random()].map((part) => Math.floor(part * (video.length + 1))).sort((a, b) => a - b) as [
        number,
        number
      ]
  )
  const equal = await Promise.all(
    ranges.map(async ([start, end]) => (await source.read(start, end)).equals(video.subarray(start, end)))
  )
  t.ok(equal.every(Boolean))
  t.same(source.stats, { bytesRead: ranges.reduce((sum, [start, end]) => sum + end - start, 0), requests: 0 })
})

t.test('reads an empty file', async (t) => {
  const source = await openFileSource(makeFile(t.testdir({ source: '' })), { etag: 'abc', signal })
  t.teardown(() => source.close())
  t.equal(source.size, 0)
  t.equal((await source.read(0, 0)).length, 0)
})

t.test('rejects a range outside of the file', async (t) => {
  const source = await openFileSource(makeFile(t.testdir({ source: video })), { etag: 'abc', signal })
  t.teardown(() => source.close())
  for (const [start, end] of [
    [-1, 5],
    [10, 5],
    [0, 100_001],
    [0, NaN]
  ] as const) { await t.rejects(source.read(start, end), { name: 'RangeError' }) }
})

t.test('rejects with source_changed if the file has become shorter', async (t) => {
  const path = makeFile(t.testdir({ source: video }))
  const source = await openFileSource(path, { etag: 'abc', signal })
  t.teardown(() => source.close())
  truncateSync(path, 500)
  await t.rejects(source.read(400, 600), { code: 'source_changed' })
  t.ok((await source.read(400, 500)).equals(video.subarray(400, 500)))
})

t.test('rejects a read past the byte limit', async (t) => {
  const source = await openFileSource(makeFile(t.testdir({ source: video })), { etag: 'abc', signal, maxBytes: 1000 })
  t.teardown(() => source.close())
  await source.read(0, 600)
  await t.rejects(source.read(0, 401), { code: 'video_limits_exceeded', members: { maxBytes: 1000 } })
})

t.test('rejects with the reason of an aborted signal', async (t) => {
  const controller = new AbortController()
  const path = makeFile(t.testdir({ source: video }))
  const source = await openFileSource(path, { etag: 'abc', signal: controller.signal })
  t.teardown(() => source.close())
  const reading = source.read(0, 1000)
  controller.abort(new Error('client left'))
  await t.rejects(reading, { message: 'client left' })
  await t.rejects(source.read(0, 0), { message: 'client left' })
  await t.rejects(openFileSource(path, { etag: 'abc', signal: controller.signal }), {
    message: 'client left'
  })
})

t.test('closes once, and rejects reads afterwards', async (t) => {
  const source = await openFileSource(makeFile(t.testdir({ source: video })), { etag: 'abc', signal })
  await source.close()
  await source.close()
  await t.rejects(source.read(0, 1), { code: 'EBADF' })
})
