import t from 'tap'
import { completeOptions, describePicture } from '../../src/options/thumbnail-options.ts'
import type { RawThumbnailOptions } from '../../src/options/thumbnail-options.ts'

const describe = (raw: RawThumbnailOptions) => describePicture(completeOptions(raw))

t.test('adds the defaults of missing options', async (t) => {
  t.same(completeOptions({}), {
    timestamp: { kind: 'auto' },
    seek: 'exact',
    beyond: 'error',
    width: undefined,
    height: undefined,
    fit: 'inside',
    format: 'jpeg',
    quality: 80,
    background: '000000',
    regenerate: false,
    expires: 3600
  })
})

t.test('keeps explicit options, and ignores other members', async (t) => {
  const given = {
    seek: 'keyframe',
    beyond: 'clamp',
    width: 640,
    height: 16,
    fit: 'cover',
    format: 'avif',
    quality: 1,
    background: 'ff8000',
    regenerate: true,
    expires: 60
  } as const
  const body = { ...given, timestamp: '2m3s', key: 'videos/a.mp4' }
  t.strictSame(completeOptions(body), { ...given, timestamp: { kind: 'from-start', micros: 123_000_000 } })
})

t.test('rejects a number outside its range and a malformed colour', async (t) => {
  const invalid: RawThumbnailOptions[] = [
    { width: 15 },
    { width: 4097 },
    { height: 15 },
    { height: 4097 },
    { height: 100.5 },
    { quality: 0 },
    { quality: 101 },
    { quality: NaN },
    { expires: 59 },
    { expires: 604_801 }
  ]
  for (const raw of invalid) {
    t.throws(
      () => completeOptions(raw),
      { code: 'invalid_request', detail: new RegExp(`^'${Object.keys(raw)[0]}' is .*, and must be a whole number from `) },
      JSON.stringify(raw)
    )
  }
  for (const background of ['', 'fff', '#fff', 'blurple', 'constructor', '#ff80001', 'ff80 0', 'dark blue']) {
    t.throws(
      () => completeOptions({ background }),
      { code: 'invalid_request', detail: /^'background' is '.*', and must be six hexadecimal digits/ },
      background
    )
  }
  t.throws(() => completeOptions({ timestamp: 'soon' }), { code: 'invalid_timestamp' })
})

t.test('describes options of the same picture by the same text', async (t) => {
  const same: Array<[RawThumbnailOptions, RawThumbnailOptions]> = [
    [{}, { timestamp: 'auto', quality: 80, fit: 'inside' }],
    [{ timestamp: '62.5' }, { timestamp: '00:01:02.5' }],
    [{ timestamp: '50%' }, { timestamp: '50.0pct' }],
    [{ timestamp: 'middle' }, { timestamp: '50%' }],
    [{ timestamp: 'first' }, { timestamp: '0' }],
    [{ timestamp: '0%' }, { timestamp: '0ms' }],
    [{ timestamp: 5 }, { timestamp: ' 5s ' }],
    [{ timestamp: '100%' }, { timestamp: 'last' }],
    [{ format: 'jpg' }, { format: 'jpeg' }],
    [{ background: '#FF8000' }, { background: 'ff8000' }],
    [{ background: 'RebeccaPurple' }, { background: '663399' }],
    [{ background: ' white' }, { background: 'ffffff' }],
    [{}, { background: '000000' }],
    [{}, { expires: 60, regenerate: true }]
  ]
  for (const [one, other] of same) t.equal(describe(one), describe(other), JSON.stringify([one, other]))
})

t.test('describes options of different pictures by different texts', async (t) => {
  const different: RawThumbnailOptions[] = [
    {},
    { timestamp: '1' },
    { timestamp: '-1' },
    { timestamp: '1%' },
    { timestamp: 'last' },
    { timestamp: 'first' },
    { timestamp: '1.000001' },
    { seek: 'keyframe' },
    { beyond: 'clamp' },
    { width: 100 },
    { height: 100 },
    { width: 100, height: 100 },
    { fit: 'cover' },
    { format: 'png' },
    { quality: 81 },
    { background: 'ffffff' }
  ]
  t.equal(new Set(different.map(describe)).size, different.length)
})

t.test('marks the pictures that keep the shape of their box, and no others', async (t) => {
  const box = { width: 1080, height: 1920 }
  for (const fit of ['cover', 'fill'] as const) {
    t.match(describe({ ...box, fit }), /&shape=kept$/, fit)
    t.notMatch(describe({ width: 1080, fit }), /shape/, `${fit} of a width`)
  }
  for (const fit of ['inside', 'contain'] as const) t.notMatch(describe({ ...box, fit }), /shape/, fit)
})

t.test('keeps the text, since another one would regenerate every stored thumbnail', async (t) => {
  t.equal(
    describe({ timestamp: '-2s', width: 640 }),
    'timestamp=-2s&seek=exact&beyond=error&width=640&height=&fit=inside&format=jpeg&quality=80&background=000000'
  )
})

t.test('the number of a frame has a text of its own, but that of the first frame', async (t) => {
  const describe = (timestamp: string) => describePicture(completeOptions({ timestamp }))
  t.equal(describe('frame:0'), describe('first'))
  t.equal(describe('Frame:0250'), describe('frame:250'))
  t.match(describe('frame:250'), /^timestamp=frame%3A250&/)
})
