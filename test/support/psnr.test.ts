import t from 'tap'
import { measurePsnr } from './psnr.ts'

t.test('measures the difference of two pictures in dB', async (t) => {
  const picture = (...data: number[]) => ({ data: Buffer.from(data), width: 1, height: 1, channels: 3 as const })
  t.equal(measurePsnr(picture(1, 2, 3), picture(1, 2, 3)), Infinity)
  t.equal(measurePsnr(picture(0, 0, 0), picture(255, 255, 255)), 0)
  t.ok(Math.abs(measurePsnr(picture(1, 1, 1), picture(2, 2, 2)) - 48.13) < 0.01)
  t.equal(measurePsnr(picture(1, 2, 3), { ...picture(1, 2, 3), width: 2 }), -Infinity)
})
