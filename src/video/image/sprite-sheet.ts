import sharp from 'sharp'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import type { SheetFormat } from '../../options/storyboard-options.ts'
import { encodePixels } from './encode-image.ts'
import type { Picture } from '../media/picture.ts'
import type { Size } from '../media/scaled-size.ts'

/** How tiles lie in sheets. */
export interface SheetLayout {
  readonly tile: Size
  readonly columns: number
  /** Tiles in one sheet, at most. */
  readonly maxTiles: number
}

/** A sheet, encoded. */
export interface Sheet extends Size {
  readonly data: Buffer
  readonly contentType: string
}

/** Puts tiles into sheets. */
export interface SheetBuilder {
  readonly count: number
  /** Places a tile, and says where it lies. */
  add(picture: Picture): Promise<{ readonly x: number, readonly y: number }>
  encode(options: { readonly format: SheetFormat, readonly quality: number }): Promise<Sheet>
}

/** How tiles of a size lie, and sheets for them. */
export interface Sheets {
  readonly layout: SheetLayout
  readonly openSheet: () => SheetBuilder
}

const MAX_TILES = 100
/** What WebP can have on a side; JPEG can have four times as much, but phones do not show it. */
const MAX_SIDE = 16_383
/** Some 50 MB in memory. */
const MAX_PIXELS = 16e6
const CHANNELS = 3

/** How many tiles of a size go into one sheet, in how many columns: within what the formats and the memory can take. */
export function computeSheetLayout (tile: Size, wishedColumns: number): SheetLayout {
  const columns = Math.max(1, Math.min(wishedColumns, Math.floor(MAX_SIDE / tile.width)))
  const maxRows = Math.max(1, Math.floor(MAX_SIDE / tile.height))
  const maxTiles = Math.max(
    1,
    Math.min(MAX_TILES, columns * maxRows, Math.floor(MAX_PIXELS / (tile.width * tile.height)))
  )
  return { tile, columns, maxTiles }
}

/** Plans how tiles of a size lie, and makes sheets for them. */
export function createSheets (tile: Size, wishedColumns: number): Sheets {
  const layout = computeSheetLayout(tile, wishedColumns)
  return { layout, openSheet: () => createSheetBuilder(layout) }
}

/**
 * A sheet without tiles. The pixels are taken row by row into one that lies there, so that no tile outlives its
 * placing.
 */
export function createSheetBuilder ({ tile, columns, maxTiles }: SheetLayout): SheetBuilder {
  const width = Math.min(columns, maxTiles) * tile.width
  const rowBytes = width * CHANNELS
  const pixels = Buffer.alloc(rowBytes * tile.height * Math.ceil(maxTiles / columns))
  let count = 0
  return {
    get count () {
      return count
    },

    async add (picture) {
      if (count === maxTiles) throw new RangeError('the sheet is full')
      const data = await fitPicture(picture, tile)
      const [x, y] = [(count % columns) * tile.width, Math.floor(count / columns) * tile.height]
      for (let row = 0; row < tile.height; row++) {
        data.copy(
          pixels,
          (y + row) * rowBytes + x * CHANNELS,
          row * tile.width * CHANNELS,
          (row + 1) * tile.width * CHANNELS
        )
      }
      count++
      return { x, y }
    },

    async encode ({ format, quality }) {
      const height = Math.ceil(count / columns) * tile.height
      const used = Math.min(count, columns) * tile.width
      const sheet = sharp(pixels.subarray(0, height * rowBytes), { raw: { width, height, channels: CHANNELS } })
      const data = await encodePixels(
        sheet.extract({ left: 0, top: 0, width: used, height }),
        { format, quality },
        false
      )
      return { data, width: used, height, contentType: PICTURE_FORMATS[format].mediaType }
    }
  }
}

/** RGB of a size, padded where the shape is another: a video may change its own. */
export async function fitPicture ({ data, width, height, channels }: Picture, tile: Size): Promise<Buffer> {
  if (channels === CHANNELS && width === tile.width && height === tile.height) return data
  return await sharp(data, { raw: { width, height, channels } })
    .flatten({ background: '#000000' })
    .resize({ ...tile, fit: 'contain', background: '#000000' })
    .raw()
    .toBuffer()
}
