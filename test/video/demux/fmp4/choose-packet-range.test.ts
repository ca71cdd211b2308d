import t from 'tap'
import { choosePacketRange } from '../../../../src/video/demux/fmp4/choose-packet-range.ts'
import type { FragmentSample } from '../../../../src/video/demux/fmp4/fragment.ts'

/** Samples by their presentation times in decode order; a key frame has a trailing K. */
function samples (text: string, dts = 0): FragmentSample[] {
  return text
    .split(' ')
    .map((word, index) => ({
      dts: dts + index,
      pts: parseInt(word),
      durationTicks: 1,
      start: 0,
      size: 1,
      isSync: word.endsWith('K')
    }))
}

const whole = { isStart: true, isEnd: true }
const middle = { isStart: false, isEnd: false }
const times = (choice: ReturnType<typeof choosePacketRange>) =>
  typeof choice === 'string' ? choice : choice.map(({ pts }) => pts)

t.test('chooses the samples from the key frame to the last one shown by then', async (t) => {
  const list = samples('2K 5 3 4 8K 6 7 9')
  t.same(times(choosePacketRange({ samples: list, ...whole }, 3, 'exact')), [2, 5, 3])
  t.same(times(choosePacketRange({ samples: list, ...whole }, 9, 'exact')), [8, 6, 7, 9])
  t.same(times(choosePacketRange({ samples: list, ...whole }, 9, 'keyframe')), [8])
  t.same(times(choosePacketRange({ samples: list, ...whole }, 7, 'keyframe')), [2])
  t.same(times(choosePacketRange({ samples: list, ...whole }, 0, 'exact')), [2], 'before the first, the first')
})

t.test('begins with the previous key frame for a leading picture', async (t) => {
  t.same(
    times(choosePacketRange({ samples: samples('2K 5 3 4 8K 6 7 9'), ...whole }, 7, 'exact')),
    [2, 5, 3, 4, 8, 6, 7]
  )
})

t.test('begins the given number of key frames earlier', async (t) => {
  const list = samples('2K 5 3 4 8K 6 7 9')
  t.same(times(choosePacketRange({ samples: list, ...whole }, 9, 'exact', 1)), [2, 5, 3, 4, 8, 6, 7, 9])
  t.equal(choosePacketRange({ samples: list, isStart: false, isEnd: true }, 9, 'exact', 2), 'earlier')
  t.throws(() => choosePacketRange({ samples: list, ...whole }, 9, 'exact', 2), { name: 'RangedExtractionError' })
})

t.test('requests earlier or later samples if the known ones do not suffice', async (t) => {
  t.equal(
    choosePacketRange({ samples: samples('8K 6 7 9', 6), ...middle }, 5, 'exact'),
    'earlier',
    'all are shown later'
  )
  t.equal(
    choosePacketRange({ samples: samples('8K 6 7 9', 6), isStart: false, isEnd: true }, 7, 'exact'),
    'earlier',
    'a leading picture'
  )
  t.equal(
    choosePacketRange({ samples: samples('6 7 9', 6), isStart: false, isEnd: true }, 9, 'exact'),
    'earlier',
    'no key frame'
  )
  t.equal(
    choosePacketRange({ samples: samples('8K 6 7 9', 6), ...middle }, 9, 'exact'),
    'later',
    'the next one may be shown by then'
  )
})

t.test('rejects samples whose times do not ascend or that lack a key frame', async (t) => {
  const rejection = { name: 'RangedExtractionError' }
  t.throws(
    () => choosePacketRange({ samples: [...samples('1K 2'), ...samples('3', 1)], ...whole }, 3, 'exact'),
    rejection,
    'an overlap'
  )
  t.throws(() => choosePacketRange({ samples: samples('1K 2 2'), ...whole }, 3, 'exact'), rejection, 'two at one time')
  t.throws(() => choosePacketRange({ samples: samples('1 2'), ...whole }, 3, 'exact'), rejection, 'no key frame')
})
