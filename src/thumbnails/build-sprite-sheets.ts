import { isPosterframeError, PosterframeError } from '../errors.ts'
import { MAX_OUTPUT_PIXELS } from '../options/output-pixels.ts'
import type { StoryboardOptions } from '../options/storyboard-options.ts'
import type { Work } from '../telemetry/work.ts'
import type { ExtractContext, FrameSource } from '../video/extract/extract-frame.ts'
import type { ExtractFrames } from '../video/extract/extract-frames.ts'
import type { Sheet, Sheets } from '../video/image/sprite-sheet.ts'
import type { ExtractedFrame } from '../video/media/frame.ts'
import { computeScaledSize, type Size } from '../video/media/scaled-size.ts'
import { sheetName } from './stored/own-names.ts'
import type { StoryboardManifest, Tile } from './storyboard.ts'

/** Dependencies of {@link buildSpriteSheets}. */
export interface BuildSpriteSheets {
  readonly extractFrames: ExtractFrames
  /** Computes the layout of tiles of a size, and opens sheets for them. */
  readonly createSheets: (tile: Size, columns: number) => Sheets | Promise<Sheets>
}

/** The source, timestamps and options of sprite sheets. */
export interface SheetsRequest {
  readonly opened: FrameSource
  /** Timestamps of the tiles, in microseconds from the start. */
  readonly timesMicros: readonly number[]
  /** Display size of the video. */
  readonly display: Size
  readonly options: StoryboardOptions
  readonly context: ExtractContext
  /** Stores a finished sheet. */
  readonly putSheet: (name: string, sheet: Sheet) => Promise<void>
}

/** Manifest of the sheets that were stored, and the work that they took. */
export interface SpriteSheets {
  readonly board: Omit<StoryboardManifest, 'version' | 'duration'>
  readonly mode: Exclude<Work['mode'], 'cached'>
  readonly packetsDecoded: number
}

/**
 * Extracts the frames of the timestamps, one sheet's worth at a time, and puts them on sheets as they come. A frame
 * that several timestamps share gets one tile; a timestamp without a frame reuses the previous tile.
 *
 * @throws PosterframeError the first failure, if no timestamp has a frame; `video_limits_exceeded` for tiles with
 * too many pixels together
 */
export async function buildSpriteSheets (
  { extractFrames, createSheets }: BuildSpriteSheets,
  { opened, timesMicros, display, options, context, putSheet }: SheetsRequest
): Promise<SpriteSheets> {
  const size = { width: options.width, height: undefined, fit: 'inside' } as const
  const { layout, openSheet } = await createSheets(computeScaledSize(display, size), options.columns)
  assertSheetPixels(layout.tile, timesMicros.length)
  const tiles: Tile[] = []
  const sheets: Array<StoryboardManifest['sheets'][number]> = []
  const failures: PosterframeError[] = []
  let mode: SpriteSheets['mode'] = 'ranged'
  let packetsDecoded = 0
  let sheet = openSheet()

  for (let start = 0; start < timesMicros.length; start += layout.maxTiles) {
    const requests = timesMicros
      .slice(start, start + layout.maxTiles)
      .map(
        (micros) =>
          ({ ...size, timestamp: { kind: 'from-start', micros }, seek: options.mode, beyond: 'clamp' }) as const
      )
    const outcomes: Array<ExtractedFrame | PosterframeError> = []
    await extractFrames(opened, requests, context, async (place, outcome) => {
      outcomes[place] = outcome
    })
    for (const outcome of outcomes) await addTile(outcome)
  }
  if (sheet.count > 0) await finishSheet()
  const [failure] = failures
  if (tiles.length === 0 && failure !== undefined) throw failure
  const warnings =
    failures.length === 0
      ? []
      : [
          {
            code: 'tiles_missing',
            detail: `${failures.length} of ${timesMicros.length} timestamps have no frame that can be decoded.`
          }
        ]
  return {
    board: { sheets, tiles, tileWidth: layout.tile.width, tileHeight: layout.tile.height, warnings },
    mode,
    packetsDecoded
  }

  async function addTile (outcome: ExtractedFrame | PosterframeError): Promise<void> {
    if (isPosterframeError(outcome)) {
      failures.push(outcome)
      return
    }
    packetsDecoded += outcome.packetsDecoded
    if (outcome.mode === 'full') mode = 'full'
    const timestamp = outcome.timestampMicros / 1e6
    if (timestamp <= (tiles.at(-1)?.timestamp ?? -1)) return
    if (sheet.count === layout.maxTiles) {
      await finishSheet()
      sheet = openSheet()
    }
    tiles.push({ timestamp, sheet: sheets.length, ...(await sheet.add(outcome.picture)), ...layout.tile })
  }

  async function finishSheet (): Promise<void> {
    const { data, contentType, width, height } = await context.steps.measure('encode', () =>
      context.inSlot(() => sheet.encode(options))
    )
    const name = sheetName(sheets.length + 1, options.format)
    await putSheet(name, { data, contentType, width, height })
    sheets.push({ name, width, height })
  }
}

function assertSheetPixels ({ width, height }: Size, count: number): void {
  const pixels = width * height * count
  if (pixels <= MAX_OUTPUT_PIXELS) return
  const [asked, allowed] = [pixels, MAX_OUTPUT_PIXELS].map((number) => number.toLocaleString('en'))
  throw new PosterframeError('video_limits_exceeded', {
    detail:
      `${count} tiles of ${width} x ${height} have ${asked} pixels together, and a storyboard may have ${allowed}. ` +
      "Use a longer 'interval' or a smaller 'width'.",
    rememberSeconds: 0
  })
}
