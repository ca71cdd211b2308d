import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { FrameKind } from './frame-list.ts'
import type { Plane } from './planes.ts'
import { type Pixels, applyMatrix, makePixels } from './rgb.ts'
import { compare } from './similarity.ts'
import { frameAt, keyFrameAt } from './targets.ts'
import { displaySize, fitWidth } from './truth-filters.ts'
import type { TrueFrame } from './truth.ts'

const KIND: FrameKind = {
  format: 'yuv444p',
  width: 2,
  height: 2,
  aspect: [1, 1],
  isInterlaced: false,
  range: 'tv',
  space: 'bt709',
  primaries: 'bt709',
  transfer: 'bt709'
}

const flat = (code: number, largest = 255): Plane => ({
  width: 2,
  height: 2,
  samples: new Float32Array(4).fill(code / largest)
})
const colourOf = (codes: readonly number[], kind: Partial<FrameKind> = {}, largest?: number) => [
  ...makePixels(
    codes.map((code) => flat(code, largest)),
    { ...KIND, ...kind },
    1,
    1
  ).data
]

t.test('converts colours by the standards', async (t) => {
  t.same(colourOf([16, 128, 128]), [0, 0, 0])
  t.same(colourOf([235, 128, 128]), [255, 255, 255])
  // Red, green and blue of the 100 % colour bars of ITU-R BT.709 and BT.601.
  t.same(colourOf([63, 102, 240]), [255, 1, 0])
  t.same(colourOf([173, 42, 26]), [0, 255, 1])
  t.same(colourOf([81, 90, 240], { space: 'smpte170m' }), [254, 0, 0])
  t.same(colourOf([81, 90, 240], { space: 'unknown' }), [254, 0, 0], 'small and untagged')
  t.same(colourOf([63, 102, 240], { space: 'unknown', width: 1280, height: 720 }), [255, 1, 0], 'large and untagged')
  t.same(colourOf([128, 128, 128], { range: 'pc' }), [128, 128, 128])
  t.same(colourOf([940, 512, 512], { format: 'yuv444p10le' }, 1023), [255, 255, 255])
  t.same(colourOf([10, 20, 30], { format: 'gbrp', space: 'gbr', range: 'pc' }), [30, 10, 20])
})

t.test('shows a white past the peak of HDR as white', async (t) => {
  const HDR = { format: 'yuv444p10le', space: 'bt2020nc', primaries: 'bt2020' }
  for (const transfer of ['smpte2084', 'arib-std-b67']) {
    t.same(colourOf([943, 514, 514], { ...HDR, transfer }, 1023), [255, 255, 255], transfer)
  }
})

const LINE: Pixels = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 1, 1, 2, 2, 2) }

t.test('applies display matrices that rotate and mirror', async (t) => {
  t.match(
    applyMatrix(LINE, [0, 1, -1, 0]),
    { width: 1, height: 2, data: Uint8Array.of(1, 1, 1, 2, 2, 2) },
    'clockwise: the left becomes the top'
  )
  t.match(applyMatrix(LINE, [0, -1, 1, 0]), { width: 1, height: 2, data: Uint8Array.of(2, 2, 2, 1, 1, 1) })
  t.match(applyMatrix(LINE, [-1, 0, 0, -1]), { width: 2, data: Uint8Array.of(2, 2, 2, 1, 1, 1) })
  t.match(applyMatrix(LINE, [-1, 0, 0, 1]), { width: 2, data: Uint8Array.of(2, 2, 2, 1, 1, 1) }, 'mirrored')
})

t.test('detects a picture of a wrong frame or colour', async (t) => {
  const paint = (at: (x: number, y: number) => number): Pixels => ({
    width: 32,
    height: 32,
    channels: 3,
    data: Uint8Array.from({ length: 32 * 32 * 3 }, (_, place) => at(Math.floor(place / 3) % 32, Math.floor(place / 96)))
  })
  const stripes = paint((x) => (x % 8 < 4 ? 40 : 200))
  t.same(compare(stripes, stripes), { ssim: 1, colourDifference: 0 })
  t.ok(
    compare(
      stripes,
      paint((x) => ((x + 1) % 8 < 4 ? 40 : 200))
    ).ssim < 0.9,
    'shifted by a pixel'
  )
  t.ok(
    compare(
      stripes,
      paint((x, y) => (x % 8 < 4 ? 40 : 200) + (y % 2))
    ).ssim > 0.98,
    'changed by a level'
  )
  t.equal(
    compare(
      stripes,
      paint((x) => (x % 8 < 4 ? 44 : 204))
    ).colourDifference,
    4
  )
})

t.test('applies the pixel aspect ratio to the width, and never scales up', async (t) => {
  t.same(displaySize({ ...KIND, width: 720, height: 576, aspect: [64, 45] }), { width: 1024, height: 576 })
  t.same(fitWidth({ width: 1024, height: 576 }, 640), { width: 640, height: 360 })
  t.same(fitWidth({ width: 320, height: 180 }, 640), { width: 320, height: 180 })
  t.same(fitWidth({ width: 4096, height: 1 }, 640), { width: 640, height: 1 })
})

t.test('finds the last frame that has started at a time', async (t) => {
  const frames: TrueFrame[] = [
    [0, 100, true],
    [1, 200, false],
    [2, 300, true]
  ].map(([index, micros, isKey]) => ({ index, micros, isKey, kind: KIND }) as TrueFrame)
  t.equal(frameAt({ frames }, 0).index, 0, 'before the first frame')
  t.equal(frameAt({ frames }, 198).index, 0)
  t.equal(frameAt({ frames }, 199).index, 1, 'within the tolerance')
  t.equal(frameAt({ frames }, Infinity).index, 2)
  t.equal(keyFrameAt({ frames }, 250)?.index, 0)
  t.equal(keyFrameAt({ frames: frames.slice(1) }, 250), undefined)
})

t.test('imports nothing from the service', async (t) => {
  const importers = readdirSync(import.meta.dirname).filter(
    (file) =>
      !file.endsWith('.test.ts') && readFileSync(join(import.meta.dirname, file), 'utf8').includes("from '../../src/")
  )
  t.same(importers, [])
})
