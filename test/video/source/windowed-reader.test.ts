import t from 'tap'
import { WindowedReader } from '../../../src/video/source/windowed-reader.ts'
import { CountingSource } from '../demux/matroska/listed-video.ts'
import { RangedExtractionError } from '../../../src/video/media/ranged-extraction-error.ts'

const DATA = Buffer.from(Array.from({ length: 1000 }, (_, place) => place % 251))

t.test('gives the bytes asked for, and asks for none twice', async (t) => {
  const source = new CountingSource(DATA)
  const reader = new WindowedReader(source, { maxReadBytes: 1000, strideBytes: 100 })
  for (const [start, end] of [
    [0, 10],
    [300, 310],
    [50, 350],
    [90, 110],
    [395, 1000],
    [0, 1000],
    [7, 7]
  ] as const) {
    t.same(await reader.read(start, end), DATA.subarray(start, end), `${start} to ${end}`)
  }
  t.equal(source.bytesRead, 1000)
})

t.test('takes few strides for many small reads', async (t) => {
  const source = new CountingSource(DATA)
  const reader = new WindowedReader(source, { maxReadBytes: 1000, strideBytes: 400 })
  for (let at = 0; at < 800; at += 4) await reader.read(at, at + 4)
  t.equal(source.reads, 2)
})

t.test('begins with what another one read', async (t) => {
  const source = new CountingSource(DATA)
  const first = new WindowedReader(source, { maxReadBytes: 1000, strideBytes: 100 })
  await first.read(0, 100)
  const second = new WindowedReader(source, { known: first.windows, maxReadBytes: 0 })
  t.same(await second.read(20, 80), DATA.subarray(20, 80))
  t.equal(second.isExhausted, false)
  await t.rejects(second.read(20, 101), RangedExtractionError)
  t.equal(second.isExhausted, true)
})

t.test('refuses what is not in the source', async (t) => {
  const reader = new WindowedReader(new CountingSource(DATA), { maxReadBytes: 1000 })
  await t.rejects(reader.read(990, 1001), RangeError)
  await t.rejects(reader.read(-1, 5), RangeError)
  const short = new WindowedReader({ bytes: 10, read: () => Promise.resolve(Buffer.alloc(3)) }, { maxReadBytes: 1000 })
  await t.rejects(short.read(0, 5), RangedExtractionError)
})
