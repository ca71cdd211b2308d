import { isPosterframeError, type PosterframeError } from '../errors.ts'
import { computeScaledSize, type Size } from '../video/media/scaled-size.ts'
import type { Sheet, Sheets } from '../video/image/sprite-sheet.ts'
import type { FrameSource, ExtractContext } from '../video/extract/extract-frame.ts'
import type { ExtractFrames } from '../video/extract/extract-frames.ts'
import type { StoryboardManifest, Tile } from './storyboard.ts'
import type { StoryboardOptions } from '../options/storyboard-options.ts'
import type { Work } from '../telemetry/work.ts'
import type { ExtractedFrame } from '../video/media/frame.ts'

/** What tiles are put into sheets with. */
export interface BuildSpriteSheets {
  readonly extractFrames: ExtractFrames
  /** Plans how tiles of a size lie, and makes sheets for them. */
  readonly createSheets: (tile: Size, columns: number) => Sheets | Promise<Sheets>
  readonly keep: (name: string, sheet: Sheet) => Promise<void>
}

/** Of which video, and which moments of it. */
export interface SheetsRequest {
  readonly opened: FrameSource
  readonly moments: readonly number[]
  /** The size that the video is shown at. */
  readonly display: Size
  readonly options: StoryboardOptions
  readonly context: ExtractContext
  readonly keep: BuildSpriteSheets['keep']
}

/** The sheets that were kept, and what they took. */
export interface SpriteSheets {
  readonly board: Omit<StoryboardManifest, 'version' | 'duration'>
  readonly mode: Exclude<Work['mode'], 'cached'>
  readonly packetsDecoded: number
}

const EXTENSIONS = { jpeg: 'jpg', webp: 'webp', avif: 'avif' } as const

/**
 * Takes the frames of the moments, a sheet's worth at a time, and puts them into sheets as they come; what is shown
 * twice gets one tile. A moment without a frame is left to the tile before it.
 *
 * @throws PosterframeError the first failure, where no moment has a frame
 */
export async function buildSpriteSheets (
  { extractFrames, createSheets }: Pick<BuildSpriteSheets, 'extractFrames' | 'createSheets'>,
  { opened, moments, display, options, context, keep }: SheetsRequest
): Promise<SpriteSheets> {
  const size = { width: options.width, height: undefined, fit: 'inside' } as const
  const { layout, openSheet } = await createSheets(computeScaledSize(display, size), options.columns)
  const tiles: Tile[] = []
  const sheets: Array<StoryboardManifest['sheets'][number]> = []
  const failures: PosterframeError[] = []
  let [mode, packetsDecoded]: [SpriteSheets['mode'], number] = ['ranged', 0]
  let sheet = openSheet()

  for (let at = 0; at < moments.length; at += layout.maxTiles) {
    const requests = moments
      .slice(at, at + layout.maxTiles)
      .map(
        (micros) =>
          ({ ...size, timestamp: { kind: 'from-start', micros }, seek: options.mode, beyond: 'clamp' }) as const
      )
    const outcomes: Array<ExtractedFrame | PosterframeError> = []
    await extractFrames(opened, requests, context, async (place, outcome) => {
      outcomes[place] = outcome
    })
    for (const outcome of outcomes) await place(outcome)
  }
  if (sheet.count > 0) await closeSheet()
  const [failure] = failures
  if (tiles.length === 0 && failure !== undefined) throw failure
  const warnings =
    failures.length === 0
      ? []
      : [
          {
            code: 'tiles_missing',
            detail: `${failures.length} of ${moments.length} moments have no picture that can be decoded.`
          }
        ]
  return {
    board: { sheets, tiles, tileWidth: layout.tile.width, tileHeight: layout.tile.height, warnings },
    mode,
    packetsDecoded
  }

  async function place (outcome: ExtractedFrame | PosterframeError): Promise<void> {
    if (isPosterframeError(outcome)) {
      failures.push(outcome)
      return
    }
    packetsDecoded += outcome.packetsDecoded
    if (outcome.mode === 'full') mode = 'full'
    const timestamp = outcome.timestampMicros / 1e6
    if (timestamp <= (tiles.at(-1)?.timestamp ?? -1)) return
    if (sheet.count === layout.maxTiles) {
      await closeSheet()
      sheet = openSheet()
    }
    tiles.push({ timestamp, sheet: sheets.length, ...(await sheet.add(outcome.picture)), ...layout.tile })
  }

  async function closeSheet (): Promise<void> {
    const { data, contentType, width, height } = await context.steps.measure('encode', () =>
      context.inSlot(() => sheet.encode(options))
    )
    const name = `sheet-${sheets.length + 1}.${EXTENSIONS[options.format]}`
    await keep(name, { data, contentType, width, height })
    sheets.push({ name, width, height })
  }
}
