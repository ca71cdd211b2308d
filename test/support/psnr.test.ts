import t from 'tap'
import { type SweptFile, renderFallbacks } from '../../bench/fallbacks/page.ts'
import { measurePsnr } from './psnr.ts'
import type { SweptTarget } from '../../bench/fallbacks/sweep.ts'

const target = (change: Partial<SweptTarget> = {}): SweptTarget => ({
  timestamp: '10%',
  seek: 'exact',
  outcome: 'carried',
  reason: '',
  psnr: Infinity,
  ...change
})
const file = (name: string, ...targets: SweptTarget[]): SweptFile => ({
  file: name,
  container: 'MP4',
  codec: 'h264',
  note: 'as | said',
  targets
})

t.test('counts files and moments, and gives every reason', async (t) => {
  const page = renderFallbacks([
    file('a.mp4', target(), target({ psnr: 61 })),
    file(
      'b.mp4',
      target({ outcome: 'left', reason: 'a doubt' }),
      target({ seek: 'keyframe', outcome: 'left', reason: 'a doubt' }),
      target()
    ),
    file('bomb-c.mp4', target({ outcome: 'refused', reason: 'video_limits_exceeded' })),
    file('d.mp4', target({ outcome: 'different', reason: '1 us, the general way 2 us' }))
  ])
  for (const row of [
    '| in all | 4 (100.0 %) | 3 (100.0 %) |',
    '| carried at every moment | 1 (25.0 %) | 1 (33.3 %) |',
    '| carried at no moment | 2 (50.0 %) | 1 (33.3 %) |',
    '| carried, equal to the last bit | 2 (28.6 %) |',
    '| carried, PSNR of 50 dB or more | 1 (14.3 %) |',
    '| carried, another frame or picture | 1 (14.3 %) |',
    '| b.mp4 | MP4 | h264 | 10%, 10% (key frame) | a doubt | as \\| said |',
    '| bomb-c.mp4 | MP4 | h264 | all | **refused**: video_limits_exceeded | as \\| said |',
    '| d.mp4 | MP4 | h264 | all | **different**: 1 us, the general way 2 us | as \\| said |'
  ]) { t.ok(page.split('\n').includes(row), row) }
  t.notMatch(page, /\| a\.mp4/)
})

t.test('says in dB how far two pictures are apart', async (t) => {
  const picture = (...data: number[]) => ({ data: Buffer.from(data), width: 1, height: 1, channels: 3 as const })
  t.equal(measurePsnr(picture(1, 2, 3), picture(1, 2, 3)), Infinity)
  t.equal(measurePsnr(picture(0, 0, 0), picture(255, 255, 255)), 0)
  t.ok(Math.abs(measurePsnr(picture(1, 1, 1), picture(2, 2, 2)) - 48.13) < 0.01)
  t.equal(measurePsnr(picture(1, 2, 3), { ...picture(1, 2, 3), width: 2 }), -Infinity)
})
