import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import t from 'tap'
import { PREVIEW_FORMATS } from '../../../src/options/preview-options.ts'
import { encodeAnimation } from '../../../src/video/image/animation.ts'

const frame = (data: Buffer) => ({ data, width: 64, height: 48, channels: 3 as const })
const noise = [0, 1, 2, 3].map(() => frame(randomBytes(64 * 48 * 3)))

for (const format of PREVIEW_FORMATS) {
  const options = { format, framesPerSecond: 5, quality: 80, maxBytes: 1e6 }

  t.test(`encodes every frame: ${format}`, async (t) => {
    const animation = await encodeAnimation(noise, options)
    t.match(animation, { width: 64, height: 48, contentType: `image/${format}`, quality: 80 })
    t.match(await sharp(animation?.data, { animated: true }).metadata(), {
      format,
      pages: 4,
      pageHeight: 48,
      loop: 0,
      delay: Array(4).fill(200)
    })
  })

  t.test(`lowers the quality until the file fits: ${format}`, async (t) => {
    const { data: { length: largest } } = (await encodeAnimation(noise, options))!
    const smaller = await encodeAnimation(noise, { ...options, maxBytes: largest - 1 })
    t.ok(smaller !== undefined && smaller.data.length < largest && smaller.quality < 80)
    t.equal(await encodeAnimation(noise, { ...options, maxBytes: 100 }), undefined)
  })
}
