import fc from 'fast-check'
import t from 'tap'
import { parseRange } from '../../../src/http/routes/objects.ts'

t.test('parses one range and clamps it to the object', async (t) => {
  const cases = [
    ['bytes=0-3', 0, 4],
    ['bytes=4-4', 4, 5],
    ['bytes=7-', 7, 10],
    ['bytes=0-', 0, 10],
    ['bytes=8-100', 8, 10],
    ['BYTES=0-0', 0, 1],
    ['bytes=-2', 8, 10],
    ['bytes=-10', 0, 10],
    ['bytes=-100', 0, 10],
    [`bytes=0-${'9'.repeat(400)}`, 0, 10]
  ] as const
  for (const [header, start, end] of cases) t.same(parseRange(header, 10), { start, end }, header)
})

t.test('returns unsatisfiable for a range after the end', async (t) => {
  for (const header of ['bytes=10-', 'bytes=10-20', 'bytes=-0', `bytes=${'9'.repeat(400)}-`]) {
    t.equal(parseRange(header, 10), 'unsatisfiable', header)
  }
  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) t.equal(parseRange(header, 0), 'unsatisfiable', header)
})

t.test('ignores a header that is not a single byte range', async (t) => {
  for (const header of [
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=3-1',
    'bytes=a-b',
    'bytes=0-1,4-5',
    'items=0-1',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'bytes=--2',
    'bytes 0-1'
  ]) {
    t.equal(parseRange(header, 10), undefined, header)
  }
})

t.test('never returns a range outside the object', async (t) => {
  fc.assert(
    fc.property(fc.option(fc.nat(50)), fc.option(fc.nat(50)), fc.nat(30), (first, last, bytes) => {
      const range = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, bytes)
      return typeof range !== 'object' || (range.start >= 0 && range.start < range.end && range.end <= bytes)
    })
  )
  t.pass('100 ranges')
})
