import t from 'tap'
import { readFragment } from '../../../../src/video/demux/fmp4/read-fragment.ts'
import { box, moof, place, words } from './boxes.ts'

const DEFAULTS = { descriptionIndex: 1, durationTicks: 512, sampleBytes: 0, flags: 0 }
const context = {
  wantedTrackId: 1,
  defaults: new Map([
    [1, DEFAULTS],
    [2, { ...DEFAULTS, sampleBytes: 100 }]
  ]),
  fileBytes: 1_000_000
}

function read (data: Buffer, offset = 5000) {
  const { window, box } = place(data, offset)
  return readFragment(window, box, box.end, context, new Map())
}

function withRun (trackId: number, trun: Buffer, ...more: Buffer[]): Buffer {
  return box(
    'moof',
    box('mfhd', words(0, 1)),
    box('traf', box('tfhd', words(0x020000, trackId)), box('tfdt', words(0, 0)), ...more, trun)
  )
}

t.test('reads samples with their locations and times', async (t) => {
  const fragment = read(
    moof(7000, [
      [10, 300],
      [20, 400]
    ])
  )
  t.same(fragment.samples, [
    { dts: 7000, pts: 7000, durationTicks: 10, start: 6000, size: 300, isSync: true },
    { dts: 7010, pts: 7010, durationTicks: 20, start: 6300, size: 400, isSync: true }
  ])
  t.same([...fragment.presentedEnds], [[1, 7030]])
})

t.test('reads the flags of the first sample and time offsets from the track run', async (t) => {
  const trun = box('trun', words(0xa05, 2, 1000, 0x02000000), words(300, 512), words(400, 1024))
  const flags = box('tfhd', words(0x020020, 1, 0x01010000))
  const [first, second] = read(
    box('moof', box('mfhd', words(0, 1)), box('traf', flags, box('tfdt', words(0x01000000, 1, 0)), trun))
  ).samples
  t.match(first, { dts: 2 ** 32, pts: 2 ** 32 + 512, isSync: true })
  t.match(second, { dts: 2 ** 32 + 512, pts: 2 ** 32 + 1536, isSync: false })
})

t.test('rejects a track run of more samples than there are bytes for, whatever its fields', async (t) => {
  const rejection = { code: 'video_limits_exceeded' }
  t.throws(
    () => read(withRun(1, box('trun', words(0x201, 0xffffffff, 1000), words(300)))),
    rejection,
    'missing sizes'
  )
  t.throws(
    () => read(withRun(1, box('trun', words(0x1, 80_000_000, 1000)))),
    rejection,
    'empty samples, all from defaults'
  )
  t.throws(
    () => read(withRun(2, box('trun', words(0x1, 80_000_000, 1000)))),
    rejection,
    'all from defaults, of another track'
  )
  t.throws(
    () => read(withRun(1, box('trun', words(0x1, 10_001, 1000)))),
    rejection,
    'more than 10,000 from defaults'
  )
})

t.test('measures other tracks without listing their samples', async (t) => {
  const fragment = read(withRun(2, box('trun', words(0x1, 9000, 1000))))
  t.same(fragment.samples, [])
  t.same([...fragment.presentedEnds], [[2, 9000 * 512]])
})

t.test('rejects encrypted fragments', async (t) => {
  const run = box('trun', words(0x201, 1, 1000), words(300))
  for (const protection of [
    box('senc', words(0, 0)),
    box('saiz', words(0, 0)),
    box('uuid', Buffer.from('a2394f525a9b4f14a2446c427c648df4', 'hex'))
  ]) {
    t.throws(() => read(withRun(1, run, protection)), { code: 'encrypted_video' })
  }
  t.throws(() => read(box('moof', box('pssh', words(0)))), { code: 'encrypted_video' })
})

t.test('rejects fragments whose meaning is ambiguous', async (t) => {
  const size = words(300)
  const fragments: Record<string, Buffer> = {
    'a track that is not declared': withRun(9, box('trun', words(0x201, 1, 1000), size)),
    'a track run without a data offset': withRun(
      1,
      box('trun', words(0x200, 1), size),
      box('trun', words(0x201, 1, 1000), size)
    ),
    'a negative shift': withRun(1, box('trun', words(0x01000a01, 1, 1000), size, words(-5))),
    'a sample past the end': withRun(1, box('trun', words(0x201, 1, 999_999), size)),
    'a sample in the box itself': withRun(1, box('trun', words(0x201, 1, 0), size)),
    'an empty sample': withRun(1, box('trun', words(0x201, 1, 1000), words(0))),
    'no header': box('moof', box('traf', box('tfdt', words(0, 0)))),
    'another sample description': box(
      'moof',
      box(
        'traf',
        box('tfhd', words(0x020002, 1, 2)),
        box('tfdt', words(0, 0)),
        box('trun', words(0x201, 1, 1000), size)
      )
    ),
    'no decode time': box(
      'moof',
      box('traf', box('tfhd', words(0x020000, 1)), box('trun', words(0x201, 1, 1000), size))
    ),
    'two parts of one track': Buffer.concat([
      words(8 + 2 * 24),
      Buffer.from('moof'),
      ...Array.from({ length: 2 }, () => box('traf', box('tfhd', words(0x020000, 1))))
    ]),
    'a truncated track run': withRun(1, box('trun', words(0x1)))
  }
  for (const [name, data] of Object.entries(fragments)) {
    t.throws(() => read(data), { name: 'RangedExtractionError' }, name)
  }
})
