import t from 'tap'
import type { Entry } from './corpus.ts'
import { EXCEPTIONS, isArgued } from './exceptions.ts'
import { type Row, renderReport } from '../../bench/conformance/page.ts'
import type { Outcome } from './sweep-video.ts'

const ARGUED = 'libwebm-invalid_vp9_bitstream-bug_1416.webm'
const outcome = (...misses: string[]): Outcome => ({
  asked: 7,
  misses,
  rightErrors: 0,
  modes: ['ranged'],
  jpegSsim: undefined
})
const makeRow = (file: string, expectation: string, misses: string[]): Row => ({
  entry: { file, expectation, also_acceptable: [] } as unknown as Entry,
  outcomes: { default: outcome(...misses), full: outcome() },
  fallbacks: [],
  disputes: []
})

t.test('the page counts what is right, wrong and argued apart', async (t) => {
  const page = renderReport(
    [
      makeRow('right.mp4', 'ok', []),
      makeRow('wrong.mp4', 'ok', ['first: SSIM 0.5']),
      makeRow(ARGUED, 'error:corrupt', ['422 video_limits_exceeded, not corrupt_video'])
    ],
    { ffmpeg: 'ffmpeg', moments: 'first' }
  )
  t.match(page, '| fast way first | 1 | 1 | 0 | 0 | 1 | 21 | 2 |')
  t.match(page, '| general way alone | 2 | 0 | 1 | 0 | 0 | 21 | 0 |')
  const [, misses = '', exceptions = ''] = /## Misses\n([^#]*)## Exceptions\n([^#]*)/.exec(page) ?? []
  t.match(misses, 'wrong.mp4')
  t.notMatch(misses, ARGUED)
  t.match(exceptions, `**${ARGUED}**: Both are true of it.`)
})

t.test('an argument covers nothing but what it is about, and arguments are few', async (t) => {
  t.notOk(isArgued(ARGUED, 'default', []))
  t.notOk(isArgued(ARGUED, 'default', ['422 video_limits_exceeded, not corrupt_video', 'a picture, not corrupt_video']))
  t.notOk(isArgued('other.webm', 'default', ['422 video_limits_exceeded, not corrupt_video']))
  const said = ['last: 422 corrupt_video']
  t.same(
    (['default', 'full'] as const).map((mode) => isArgued('media3-sample_with_invalid_nalu.mp4', mode, said)),
    [false, true],
    'nor another way'
  )
  t.ok(Object.keys(EXCEPTIONS).length < 5)
})
