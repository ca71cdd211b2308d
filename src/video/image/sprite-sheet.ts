import sharp from 'sharp'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import type { SheetFormat } from '../../options/storyboard-options.ts'
import { encodePixels } from './encode-image.ts'
import type { Picture } from '../media/picture.ts'
import type { Size } from '../media/scaled-size.ts'

/** The arrangement of tiles in sprite sheets. */
export interface SheetLayout {
  readonly tile: Size
  readonly columns: number
  /** Maximum number of tiles in one sheet. */
  readonly maxTiles: number
}

/** An encoded sheet. */
export interface Sheet extends Size {
  readonly data: Buffer
  readonly contentType: string
}

/** Builds one sheet from tiles. */
export interface SheetBuilder {
  /** Number of tiles so far. */
  readonly count: number
  /** Adds a tile, and returns its position in pixels. */
  add(picture: Picture): Promise<{ readonly x: number, readonly y: number }>
  encode(options: { readonly format: SheetFormat, readonly quality: number }): Promise<Sheet>
}

/** Sheets for tiles of one size. */
export interface Sheets {
  readonly layout: SheetLayout
  readonly openSheet: () => SheetBuilder
}

const MAX_TILES = 100
/** The limit of WebP. JPEG allows four times as much, but phones do not display it. */
const MAX_SIDE = 16_383
/** About 50 MB in memory. */
const MAX_PIXELS = 16e6
const CHANNELS = 3

/** Computes the layout of sheets for tiles of a size, within the limits of the formats and of memory. */
export function computeSheetLayout (tile: Size, requestedColumns: number): SheetLayout {
  const columns = Math.max(1, Math.min(requestedColumns, Math.floor(MAX_SIDE / tile.width)))
  const maxRows = Math.max(1, Math.floor(MAX_SIDE / tile.height))
  const maxTiles = Math.max(
    1,
    Math.min(MAX_TILES, columns * maxRows, Math.floor(MAX_PIXELS / (tile.width * tile.height)))
  )
  return { tile, columns, maxTiles }
}

/** Creates sheets for tiles of a size. */
export function createSheets (tile: Size, requestedColumns: number): Sheets {
  const layout = computeSheetLayout(tile, requestedColumns)
  return { layout, openSheet: () => createSheetBuilder(layout) }
}

/** Creates an empty sheet. Its pixels are allocated once, and the rows of each tile are copied into them. */
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

/** Returns a picture as RGB of a size, padded if its shape differs: a video may change its shape. */
export async function fitPicture ({ data, width, height, channels }: Picture, tile: Size): Promise<Buffer> {
  if (channels === CHANNELS && width === tile.width && height === tile.height) return data
  return await sharp(data, { raw: { width, height, channels } })
    .flatten({ background: '#000000' })
    .resize({ ...tile, fit: 'contain', background: '#000000' })
    .raw()
    .toBuffer()
}
