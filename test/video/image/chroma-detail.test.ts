import t from 'tap'
import { hasChromaDetail, measureChromaDetail } from '../../../src/video/image/chroma-detail.ts'

type Rgb = readonly [number, number, number]

function paint (
  at: (x: number, y: number) => Rgb,
  { size = 64, channels = 3 }: { size?: number, channels?: 3 | 4 } = {}
) {
  const data = Buffer.alloc(size * size * channels, 255)
  for (let pixel = 0; pixel < size * size; pixel++) {
    data.set(at(pixel % size, Math.floor(pixel / size)), pixel * channels)
  }
  return { data, width: size, height: size, channels }
}

const RED: Rgb = [220, 30, 30]
const BLUE: Rgb = [30, 30, 220]

t.test('thin lines of strong colours are chroma detail, in every direction', async (t) => {
  t.ok(hasChromaDetail(paint((x) => (x % 8 === 0 ? RED : BLUE))), 'vertical')
  t.ok(hasChromaDetail(paint((_, y) => (y % 8 === 0 ? RED : BLUE))), 'horizontal')
  t.ok(hasChromaDetail(paint((x, y) => ((x + y) % 8 === 0 ? RED : BLUE), { channels: 4 })), 'diagonal, with alpha')
})

t.test('soft colours, edges of luma alone and single edges are not chroma detail', async (t) => {
  t.notOk(hasChromaDetail(paint((x, y) => [4 * x, 4 * y, 255 - 4 * x])), 'a gradient')
  t.notOk(hasChromaDetail(paint((x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]))), 'black and white')
  t.notOk(hasChromaDetail(paint((x, y) => (x === 33 && y < 8 ? RED : BLUE))), 'one short edge')
  t.notOk(hasChromaDetail(paint((x) => (x < 32 ? RED : BLUE))), 'an edge between groups, which 4:2:0 keeps')
})

t.test('measures the share of groups, and 0 without groups', async (t) => {
  t.equal(measureChromaDetail(paint((x) => (x === 0 ? RED : BLUE))), 1 / 32)
  t.equal(measureChromaDetail(paint(() => RED, { size: 1 })), 0)
})
