import sharp from 'sharp'
import t from 'tap'
import { createSheets, computeSheetLayout } from '../../../src/video/image/sprite-sheet.ts'

const colour = (red: number, width = 20, height = 10) => ({
  data: Buffer.alloc(width * height * 3, red),
  width,
  height,
  channels: 3 as const
})

t.test('respects the limits of formats, phones and memory', async (t) => {
  t.same(computeSheetLayout({ width: 160, height: 90 }, 10), {
    tile: { width: 160, height: 90 },
    columns: 10,
    maxTiles: 100
  })
  for (const tile of [
    { width: 640, height: 360 },
    { width: 640, height: 4000 },
    { width: 16, height: 16_000 },
    { width: 640, height: 1 }
  ]) {
    const { columns, maxTiles } = computeSheetLayout(tile, 20)
    t.ok(columns * tile.width <= 16_383 && Math.ceil(maxTiles / columns) * tile.height <= 16_383, JSON.stringify(tile))
    t.ok(maxTiles >= 1 && maxTiles <= 100 && maxTiles * tile.width * tile.height <= 16e6)
  }
})

t.test('places tiles row by row, and ends the sheet after the last', async (t) => {
  const { openSheet } = createSheets({ width: 20, height: 10 }, 3)
  const sheet = openSheet()
  const places = []
  for (const red of [10, 60, 110, 160]) places.push(await sheet.add(colour(red)))
  t.same(places, [
    { x: 0, y: 0 },
    { x: 20, y: 0 },
    { x: 40, y: 0 },
    { x: 0, y: 10 }
  ])
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    const { data: encoded, width, height, contentType } = await sheet.encode({ format, quality: 90 })
    t.same([width, height, contentType], [60, 20, `image/${format}`])
    const { data, info } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true })
    t.same([info.width, info.height], [60, 20])
    for (const [index, { x, y }] of places.entries()) {
      t.ok(Math.abs(data[((y + 5) * 60 + x + 10) * info.channels]! - (10 + 50 * index)) < 4, format)
    }
  }
})

t.test('fits a frame of another size or with an alpha channel into its tile', async (t) => {
  const sheet = createSheets({ width: 20, height: 10 }, 2).openSheet()
  await sheet.add(colour(200, 10, 10))
  await sheet.add({ data: Buffer.alloc(800, 128), width: 20, height: 10, channels: 4 })
  const { data: encoded, width } = await sheet.encode({ format: 'webp', quality: 100 })
  const { data, info } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number) => data[(5 * width + x) * info.channels]!
  t.ok(at(1) < 10 && at(10) > 190 && Math.abs(at(30) - 64) < 4)
})
