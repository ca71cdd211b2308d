import t from 'tap'
import { type PictureMeasures, measurePicture } from '../../../src/video/extract/measure-picture.ts'
import { createRandom } from '../../support/random.ts'

const measure = (width: number, height: number, colourAt: (x: number, y: number) => number[]): PictureMeasures => {
  const values = Array.from({ length: width * height }, (_, pixel) =>
    colourAt(pixel % width, Math.floor(pixel / width))
  ).flat()
  return measurePicture({
    data: Buffer.from(values),
    width,
    height,
    channels: values.length === width * height * 4 ? 4 : 3
  })
}

t.test('finds nothing in a blank picture', async (t) => {
  t.match(
    measure(16, 16, () => [128, 128, 128]),
    { brightness: 128, contrast: 0, entropy: 0, clipped: 0, flat: 1, sharpness: 0, noise: 0, colourfulness: 0 }
  )
  t.match(
    measure(16, 16, () => [0, 0, 0]),
    { brightness: 0, clipped: 1 }
  )
  t.match(
    measure(16, 16, () => [255, 255, 255]),
    { brightness: 255, clipped: 1 }
  )
})

t.test('measures light', async (t) => {
  const halves = measure(16, 16, (x) => (x < 8 ? [40, 40, 40] : [200, 200, 200]))
  t.match(halves, { brightness: 120, contrast: 160, entropy: 1, clipped: 0 })
  const ramp = measure(256, 8, (x) => [x, x, x])
  t.match(ramp, { brightness: 127.5, entropy: 8, clipped: 14 / 256 })
  t.equal(ramp.contrast, 231, 'without the tails')
})

t.test('measures edges', async (t) => {
  t.match(
    measure(64, 8, (x) => [x * 4, x * 4, x * 4]),
    { sharpness: 0, flat: 0 },
    'an even slope has none'
  )
  const stripes = measure(64, 64, (x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]))
  t.equal(Math.round(stripes.sharpness), 510, 'twice the step')
  const random = createRandom(1)
  const noise = measure(160, 160, () => {
    const grey = random() * 256
    return [grey, grey, grey]
  })
  t.ok(
    noise.noise > 19 && noise.noise < 21,
    `white noise has twenty times its variance in the Laplacian: ${noise.noise}`
  )
})

t.test('measures colourfulness as the paper does', async (t) => {
  const red = measure(8, 8, () => [255, 0, 0])
  t.equal(red.colourfulness.toFixed(3), (0.3 * Math.hypot(255, 127.5)).toFixed(3))
  const twoColours = measure(8, 8, (x) => (x % 2 === 0 ? [255, 0, 0] : [0, 255, 0]))
  t.equal(twoColours.colourfulness.toFixed(3), (255 + 0.3 * 127.5).toFixed(3))
})

t.test('ignores alpha', async (t) => {
  t.same(
    measure(8, 8, (x, y) => [x * 9, y * 9, 5, 77]),
    measure(8, 8, (x, y) => [x * 9, y * 9, 5])
  )
})
