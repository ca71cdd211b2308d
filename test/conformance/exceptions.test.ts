import t from 'tap'
import { EXCEPTIONS, isArgued } from './exceptions.ts'

const ARGUED = 'libwebm-invalid_vp9_bitstream-bug_1416.webm'

t.test('an argument covers only the misses that it is about', async (t) => {
  t.ok(isArgued(ARGUED, 'default', ['422 video_limits_exceeded, not corrupt_video']))
  t.notOk(isArgued(ARGUED, 'default', []))
  t.notOk(isArgued(ARGUED, 'default', ['422 video_limits_exceeded, not corrupt_video', 'a picture, not corrupt_video']))
  t.notOk(isArgued('other.webm', 'default', ['422 video_limits_exceeded, not corrupt_video']))
})

t.test('an argument for one mode does not cover the other', async (t) => {
  const misses = ['last: 422 corrupt_video']
  t.notOk(isArgued('media3-sample_with_invalid_nalu.mp4', 'default', misses))
  t.ok(isArgued('media3-sample_with_invalid_nalu.mp4', 'full', misses))
})

t.test('there are fewer than five exceptions', async (t) => {
  t.ok(Object.keys(EXCEPTIONS).length < 5)
})
