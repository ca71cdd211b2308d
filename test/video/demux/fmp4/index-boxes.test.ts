import t from 'tap'
import { SeekPoints } from '../../../../src/video/demux/fmp4/seek-points.ts'
import { findRandomAccessIndex, readRandomAccessIndex } from '../../../../src/video/demux/fmp4/random-access-index.ts'
import { scanForMoof } from '../../../../src/video/demux/fmp4/scan-moof.ts'
import { readSegmentIndex } from '../../../../src/video/demux/fmp4/segment-index.ts'
import { box, moof, place, words } from './boxes.ts'

t.test('reads the seek points of a sidx, including those of subsegments that a further sidx divides', async (t) => {
  const rows = [words(500, 90, 0x90000000), words(0x80000000 + 700, 60, 0)]
  const short = place(box('sidx', words(0, 7, 30, 3000, 20, 2), ...rows), 1000)
  t.same(readSegmentIndex(short.window, short.box), {
    trackId: 7,
    timescale: 30,
    end: 1056 + 20 + 1200,
    seekPoints: [
      { offset: 1076, ticks: 3000 },
      { offset: 1576, ticks: 3090 }
    ]
  })
  const long = place(box('sidx', words(0x01000000, 7, 30, 1, 5, 0, 20, 2), ...rows), 1000)
  t.equal(readSegmentIndex(long.window, long.box).seekPoints[0]?.ticks, 2 ** 32 + 5)
  const cut = place(box('sidx', words(0, 7, 30, 3000, 20, 3), ...rows))
  t.throws(() => readSegmentIndex(cut.window, cut.box), { name: 'RangedExtractionError' }, 'more references than bytes')
})

t.test('reads the seek points of an mfra at the end of a file', async (t) => {
  const other = box('tfra', words(0, 8, 0, 0))
  const rows = Buffer.concat([words(0, 5, 0, 1000), Buffer.from([1, 1, 1]), words(0, 9, 1, 0), Buffer.from([1, 1, 1])])
  const body = Buffer.concat([other, box('tfra', words(0x01000000, 7, 0, 2), rows)])
  const mfra = box('mfra', body, box('mfro', words(0, body.length + 24)))
  const tail = { offset: 40_000, data: Buffer.concat([Buffer.alloc(100), mfra]) }
  const start = findRandomAccessIndex(tail)
  t.equal(start, 40_100)
  const window = { offset: 40_100, data: mfra }
  t.same(readRandomAccessIndex(window, 40_100, 7), [
    { ticks: 5, offset: 1000 },
    { ticks: 9, offset: 2 ** 32 }
  ])
  t.same(readRandomAccessIndex(window, 40_100, 1), [])
  t.equal(findRandomAccessIndex({ offset: 0, data: Buffer.alloc(100) }), undefined)
})

t.test('finds the first moof in unknown bytes, and ignores bytes that only look like one', async (t) => {
  const lookalike = Buffer.concat([Buffer.from('moof'), words(100), Buffer.from('moofmfhd'), Buffer.alloc(60)])
  const [one, two] = [moof(0, [[1, 2]]), moof(9, [[1, 2]])]
  const data = Buffer.concat([lookalike, one, lookalike, two, lookalike])
  t.equal(scanForMoof({ offset: 500, data }), 500 + lookalike.length)
  t.equal(scanForMoof({ offset: 500, data: lookalike }), undefined)
})

t.test('keeps seek points in the order of the file', async (t) => {
  const seekPoints = new SeekPoints()
  for (const [offset, ticks] of [
    [100, 0],
    [900, 50],
    [500, 20],
    [900, 45]
  ] as const) { seekPoints.add({ offset, ticks }) }
  t.same(
    [0, 1, 2, 3].map((index) => seekPoints.at(index)),
    [{ offset: 100, ticks: 0 }, { offset: 500, ticks: 20 }, { offset: 900, ticks: 45 }, undefined]
  )
  t.same(
    [-5, 0, 19, 20, 45, 1e9].map((ticks) => seekPoints.findAt(ticks)),
    [0, 0, 0, 1, 2, 2]
  )
  t.equal(seekPoints.countBefore(500), 1)
})
