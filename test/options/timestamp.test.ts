import t from 'tap'
import { formatTimestamp, parseTimestamp, resolvePlace, resolveTimestamp } from '../../src/options/timestamp.ts'
import type { Timestamp } from '../../src/options/timestamp.ts'
import { createRandom } from '../support/random.ts'

const fromStart = (micros: number): Timestamp => ({ kind: 'from-start', micros })
const fromEnd = (micros: number): Timestamp => ({ kind: 'from-end', micros })
const fraction = (value: number): Timestamp => ({ kind: 'fraction', fraction: value })

t.test('parses every documented form', async (t) => {
  const forms: Array<[string, Timestamp]> = [
    ['12.5', fromStart(12_500_000)],
    ['12.5s', fromStart(12_500_000)],
    ['0', fromStart(0)],
    ['007', fromStart(7_000_000)],
    ['1500ms', fromStart(1_500_000)],
    ['0.5ms', fromStart(500)],
    ['2m3s', fromStart(123_000_000)],
    ['90m', fromStart(5_400_000_000)],
    ['1h', fromStart(3_600_000_000)],
    ['1h2m3.5s', fromStart(3_723_500_000)],
    ['1h3s', fromStart(3_603_000_000)],
    ['2m75s', fromStart(195_000_000)],
    ['01:02.5', fromStart(62_500_000)],
    ['1:02', fromStart(62_000_000)],
    ['00:01:02.5', fromStart(62_500_000)],
    ['100:00:00', fromStart(360_000_000_000)],
    ['50%', fraction(0.5)],
    ['50pct', fraction(0.5)],
    ['33.3%', fraction(0.333)],
    ['0%', fraction(0)],
    ['100%', { kind: 'last' }],
    ['100.0pct', { kind: 'last' }],
    ['99.999999%', fraction(0.99999999)],
    ['99.9999999999%', fraction(0.99999999)],
    [' 12.5s\t', fromStart(12_500_000)],
    [' last ', { kind: 'last' }],
    ['LAST', { kind: 'last' }],
    ['Auto', { kind: 'auto' }],
    ['-2s', fromEnd(2_000_000)],
    ['-2', fromEnd(2_000_000)],
    ['-1500ms', fromEnd(1_500_000)],
    ['-1m30s', fromEnd(90_000_000)],
    ['-00:01:02.5', fromEnd(62_500_000)],
    ['1000000000', fromStart(1e15)],
    ['first', { kind: 'first' }],
    ['middle', { kind: 'middle' }],
    ['last', { kind: 'last' }],
    ['auto', { kind: 'auto' }]
  ]
  for (const [text, expected] of forms) t.same(parseTimestamp(text), expected, text)
})

t.test('parses a number of seconds like its text', async (t) => {
  const numbers: Array<[number, Timestamp]> = [
    [5, fromStart(5_000_000)],
    [12.48, fromStart(12_480_000)],
    [0.1 + 0.2, fromStart(300_001)],
    [1e-7, fromStart(1)],
    [999_999_999.5, fromStart(999_999_999_500_000)],
    [0, fromStart(0)],
    [-0, fromStart(0)],
    [-2, { kind: 'from-end', micros: 2_000_000 }]
  ]
  for (const [number, expected] of numbers) t.same(parseTimestamp(number), expected, String(number))
  for (const number of [1e10, 1e21, 1e300, -1e10, Infinity, NaN]) {
    t.throws(() => parseTimestamp(number), { code: 'invalid_timestamp' }, String(number))
  }
})

t.test('computes microseconds from the digits, not in binary', async (t) => {
  const traps: Array<[string, number]> = [
    ['1.1', 1_100_000],
    ['0.3', 300_000],
    ['4.35', 4_350_000],
    ['1.005', 1_005_000],
    ['8.41', 8_410_000],
    ['64.000001', 64_000_001],
    ['999999999.999999', 999_999_999_999_999],
    ['1.1ms', 1100],
    ['2.007ms', 2007]
  ]
  for (const [text, micros] of traps) t.same(parseTimestamp(text), fromStart(micros), text)
})

t.test('rounds up more than six decimals, so that a timestamp is not before its frame', async (t) => {
  t.same(parseTimestamp('1.0000001'), fromStart(1_000_001))
  t.same(parseTimestamp('1.0000000'), fromStart(1_000_000))
  t.same(parseTimestamp('12.479133466667'), fromStart(12_479_134))
  t.same(parseTimestamp('0.0001ms'), fromStart(1))
  t.same(parseTimestamp('59.9999999s'), fromStart(60_000_000))
  t.same(parseTimestamp('-0.0000001'), fromEnd(1))
  t.same(parseTimestamp('99.99999999%'), fraction(0.99999999), 'rounds a percentage down, so that it is not the end')
})

t.test('rejects every other form, and names the accepted forms', async (t) => {
  const invalid = [
    '',
    ' ',
    '1 s',
    '+5',
    '--5',
    '-',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '-Infinity',
    'null',
    '1,5',
    '.5',
    '5.',
    '1..2',
    '1.2.3',
    '1_000',
    '١٢',
    '１２',
    '12.५',
    '5S',
    'end',
    '1d',
    's',
    'ms',
    'm',
    '%',
    'pct',
    '3s2m',
    '2m3',
    '1m500ms',
    '1.5h',
    '1.5m3s',
    '1:2',
    '1:60',
    '01:60.0',
    '60:00',
    '00:60:00',
    '0:00:60',
    '1:02:3',
    ':30',
    '1:',
    '1:2:3:4',
    '1::02',
    '100.5%',
    '101%',
    '100.00000001%',
    '-50%',
    '50 %',
    '50%%',
    '50percent',
    '-first',
    '-auto',
    '1000000000.000001',
    '1000000001',
    '999999999999999999999',
    '9'.repeat(60),
    '300000h',
    '9999999999h99999999999m',
    '1'.padEnd(100, '0'),
    '0'.repeat(65),
    '−2s',
    '1\u0000'
  ]
  for (const text of invalid) {
    t.throws(
      () => parseTimestamp(text),
      {
        code: 'invalid_timestamp',
        detail: /12\.5s.*1500ms.*1h2m3\.5s.*00:01:02\.5.*50pct.*-2s.*first, middle, last or auto/
      },
      JSON.stringify(text)
    )
  }
})

t.test('is fast on malicious text', async (t) => {
  // The length is checked before any pattern, and no pattern has nested repetition.
  t.throws(() => parseTimestamp('1'.repeat(10_000_000) + 'x'), { code: 'invalid_timestamp' })
})

t.test('formats the canonical text', async (t) => {
  const texts: Array<[Timestamp, string]> = [
    [fromStart(12_500_000), '12.5s'],
    [fromStart(0), '0s'],
    [fromStart(1), '0.000001s'],
    [fromStart(100_000_000), '100s'],
    [fromEnd(2_000_000), '-2s'],
    [fraction(0.5), '50%'],
    [fraction(0.333), '33.3%'],
    [fraction(0.99999999), '99.999999%'],
    [fraction(0), '0%'],
    [{ kind: 'auto' }, 'auto'],
    [{ kind: 'last' }, 'last']
  ]
  for (const [timestamp, text] of texts) t.equal(formatTimestamp(timestamp), text)
})

t.test('parses what it formats', async (t) => {
  const random = createRandom(20_261_123)
  const differing: Timestamp[] = []
  for (let round = 0; round < 20_000; round++) {
    const timestamp = [
      fromStart(Math.floor(random() * 10 ** (1 + random() * 14))),
      fromEnd(Math.floor(random() * 10 ** (1 + random() * 14))),
      fraction(Math.floor(random() * 100_000_001) / 100_000_000)
    ][round % 3] as Timestamp
    if (JSON.stringify(parseTimestamp(formatTimestamp(timestamp))) !== JSON.stringify(timestamp)) {
      differing.push(timestamp)
    }
  }
  t.same(differing, [])
})

t.test('parses a timestamp of a response to the same microsecond', async (t) => {
  const random = createRandom(7)
  const differing: number[] = []
  for (let round = 0; round < 20_000; round++) {
    // A presentation time of n frames at 30000/1001, rounded up to the microsecond.
    const micros = Math.ceil(((Math.floor(random() * 10 ** (1 + random() * 6)) * 1001) / 30_000) * 1_000_000)
    const parsed = parseTimestamp(JSON.stringify(micros / 1_000_000))
    if (parsed.kind !== 'from-start' || parsed.micros !== micros) differing.push(micros)
  }
  t.same(differing, [])
})

const resolve = (text: string, durationMicros: number, beyond: 'error' | 'clamp' = 'error') => {
  const timestamp = parseTimestamp(text)
  if (timestamp.kind === 'auto' || timestamp.kind === 'frame') throw new Error('it has no time of its own')
  return resolveTimestamp(timestamp, durationMicros, beyond)
}

t.test('resolves a timestamp on the timeline', async (t) => {
  const END = Number.MAX_SAFE_INTEGER
  const tenSeconds = 10_000_000
  t.equal(resolve('first', tenSeconds), 0)
  t.equal(resolve('middle', tenSeconds), 5_000_000)
  t.equal(resolve('middle', 3), 1, 'rounded down')
  t.equal(resolve('last', tenSeconds), END)
  t.equal(resolve('9.999999', tenSeconds), 9_999_999)
  t.equal(resolve('-2s', tenSeconds), 8_000_000)
  t.equal(resolve('-10s', tenSeconds), 0)
  t.equal(resolve('-1h', tenSeconds), 0, 'before the first frame is the first frame')
  t.equal(resolve('25%', tenSeconds), 2_500_000)
  t.equal(resolve('10', tenSeconds, 'clamp'), END)
  t.equal(resolve('100%', tenSeconds), END)
  t.equal(resolve('99.999999%', 3), 2, 'a share below 100 % never reaches the end')
  t.equal(resolve('33.333333%', 86_400_000_000), 28_799_999_712)
})

t.test('resolves to 0 in a video of duration 0', async (t) => {
  for (const text of ['0', 'first', 'middle', '50%', '-5s']) t.equal(resolve(text, 0), 0, text)
  t.equal(resolve('last', 0), Number.MAX_SAFE_INTEGER)
  t.throws(() => resolve('0.000001', 0), { code: 'timestamp_out_of_range' })
})

t.test('rejects a timestamp at or after the end, and returns the duration', async (t) => {
  for (const text of ['10', '10.0', '1h', '-0']) {
    t.throws(
      () => resolve(text, 10_000_000),
      { code: 'timestamp_out_of_range', members: { duration: 10 }, detail: /ends at 10 s/ },
      text
    )
  }
  t.throws(() => resolve('600.02', 600_020_000), { code: 'timestamp_out_of_range', members: { duration: 600.02 } })
})

t.test('takes the number of a frame, counted from 0', async (t) => {
  t.same(parseTimestamp('frame:250'), { kind: 'frame', place: 250 })
  t.same(parseTimestamp(' Frame:007 '), { kind: 'frame', place: 7 })
  t.same(parseTimestamp('frame:0'), { kind: 'first' })
  t.equal(formatTimestamp(parseTimestamp('frame:0250')), 'frame:250')
  for (const text of ['frame', 'frame:', 'frame:-1', 'frame:1.5', 'frame: 1', 'frame:1e3', 'frame:1s', 'frame:٣']) {
    t.throws(() => parseTimestamp(text), { code: 'invalid_timestamp' }, text)
  }
  t.throws(() => parseTimestamp('frame:1000000001'), { code: 'invalid_timestamp', message: /frame 1,000,000,000/ })
})

t.test('finds the place of a frame among those that are shown', async (t) => {
  t.equal(resolvePlace(249, 250, 'error'), 249)
  t.equal(resolvePlace(250, 250, 'clamp'), 249)
  t.throws(() => resolvePlace(250, 250, 'error'), {
    code: 'timestamp_out_of_range',
    members: { frames: 250 },
    message: /The last frame of the video is frame:249/
  })
})
