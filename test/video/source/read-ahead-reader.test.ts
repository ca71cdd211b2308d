import t from 'tap'
import { ReadAheadReader } from '../../../src/video/source/read-ahead-reader.ts'
import { CountingSource } from '../demux/matroska/listed-video.ts'
import { RangedExtractionError } from '../../../src/video/media/ranged-extraction-error.ts'

const DATA = Buffer.from(Array.from({ length: 1000 }, (_, place) => place % 251))

t.test('returns the requested bytes, and reads none of them twice', async (t) => {
  const source = new CountingSource(DATA)
  const reader = new ReadAheadReader(source, { maxReadBytes: 1000, readAheadBytes: 100 })
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

t.test('reads ahead, so that many small reads take few requests', async (t) => {
  const source = new CountingSource(DATA)
  const reader = new ReadAheadReader(source, { maxReadBytes: 1000, readAheadBytes: 400 })
  for (let at = 0; at < 800; at += 4) await reader.read(at, at + 4)
  t.equal(source.reads, 2)
})

t.test('starts with the ranges that another reader has cached', async (t) => {
  const source = new CountingSource(DATA)
  const first = new ReadAheadReader(source, { maxReadBytes: 1000, readAheadBytes: 100 })
  await first.read(0, 100)
  const second = new ReadAheadReader(source, { cached: first.cached, maxReadBytes: 0 })
  t.same(await second.read(20, 80), DATA.subarray(20, 80))
  t.equal(second.isExhausted, false)
  await t.rejects(second.read(20, 101), RangedExtractionError)
  t.equal(second.isExhausted, true)
})

t.test('rejects a range outside of the source, and a source that returns too little', async (t) => {
  const reader = new ReadAheadReader(new CountingSource(DATA), { maxReadBytes: 1000 })
  await t.rejects(reader.read(990, 1001), RangeError)
  await t.rejects(reader.read(-1, 5), RangeError)
  const short = new ReadAheadReader({ size: 10, read: () => Promise.resolve(Buffer.alloc(3)) }, { maxReadBytes: 1000 })
  await t.rejects(short.read(0, 5), RangedExtractionError)
})
