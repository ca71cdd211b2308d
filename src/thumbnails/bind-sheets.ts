import { isPosterframeError, type PosterframeError } from '../errors.ts'
import { planScaledSize, type Size } from '../video/scaled-size.ts'
import type { Sheet, Sheets } from '../video/sprite-sheet.ts'
import type { FrameSource, TakeContext, TakenFrame } from '../video/take-frame.ts'
import type { TakeFrames } from '../video/take-frames.ts'
import type { StoryboardManifest, Tile } from './storyboard.ts'
import type { StoryboardOptions } from './storyboard-options.ts'
import type { Work } from './thumbnail.ts'

/** What tiles are put into sheets with. */
export interface BindSheets {
  readonly takeFrames: TakeFrames
  /** Plans how tiles of a size lie, and makes sheets for them. */
  readonly createSheets: (tile: Size, columns: number) => Sheets | Promise<Sheets>
  readonly keep: (name: string, sheet: Sheet) => Promise<void>
}

/** Of which video, and which moments of it. */
export interface SheetsWish {
  readonly opened: FrameSource
  readonly moments: readonly number[]
  /** The size that the video is shown at. */
  readonly display: Size
  readonly options: StoryboardOptions
  readonly context: TakeContext
  readonly keep: BindSheets['keep']
}

/** The sheets that were kept, and what they took. */
export interface BoundSheets {
  readonly board: Omit<StoryboardManifest, 'version' | 'duration'>
  readonly way: Exclude<Work['way'], 'cached'>
  readonly packetsDecoded: number
}

const EXTENSIONS = { jpeg: 'jpg', webp: 'webp', avif: 'avif' } as const

/**
 * Takes the frames of the moments, a sheet's worth at a time, and puts them into sheets as they come; what is shown twice gets one tile. A
 * moment without a frame is left to the tile before it.
 *
 * @throws PosterframeError the first failure, where no moment has a frame
 */
export async function bindSheets ({ takeFrames, createSheets }: Pick<BindSheets, 'takeFrames' | 'createSheets'>, { opened, moments, display, options, context, keep }: SheetsWish): Promise<BoundSheets> {
  const size = { width: options.width, height: undefined, fit: 'inside' } as const
  const { layout, openSheet } = await createSheets(planScaledSize(display, size), options.columns)
  const tiles: Tile[] = []
  const sheets: Array<StoryboardManifest['sheets'][number]> = []
  const failures: PosterframeError[] = []
  let [way, packetsDecoded]: [BoundSheets['way'], number] = ['clip', 0]
  let sheet = openSheet()

  for (let at = 0; at < moments.length; at += layout.maxTiles) {
    const wishes = moments.slice(at, at + layout.maxTiles)
      .map((micros) => ({ ...size, timestamp: { kind: 'from-start', micros }, seek: options.mode, beyond: 'clamp' } as const))
    const outcomes: Array<TakenFrame | PosterframeError> = []
    await takeFrames(opened, wishes, context, async (place, outcome) => { outcomes[place] = outcome })
    for (const outcome of outcomes) await place(outcome)
  }
  if (sheet.count > 0) await closeSheet()
  const [failure] = failures
  if (tiles.length === 0 && failure !== undefined) throw failure
  const warnings = failures.length === 0 ? [] : [{ code: 'tiles_missing', detail: `${failures.length} of ${moments.length} moments have no picture that can be decoded.` }]
  return { board: { sheets, tiles, tileWidth: layout.tile.width, tileHeight: layout.tile.height, warnings }, way, packetsDecoded }

  async function place (outcome: TakenFrame | PosterframeError): Promise<void> {
    if (isPosterframeError(outcome)) {
      failures.push(outcome)
      return
    }
    packetsDecoded += outcome.packetsDecoded
    if (outcome.way === 'general') way = 'general'
    const timestamp = outcome.timestampMicros / 1e6
    if (timestamp <= (tiles.at(-1)?.timestamp ?? -1)) return
    if (sheet.count === layout.maxTiles) {
      await closeSheet()
      sheet = openSheet()
    }
    tiles.push({ timestamp, sheet: sheets.length, ...await sheet.add(outcome.picture), ...layout.tile })
  }

  async function closeSheet (): Promise<void> {
    const { bytes, contentType, width, height } = await context.steps.measure('encode', () => context.inSlot(() => sheet.encode(options)))
    const name = `sheet-${sheets.length + 1}.${EXTENSIONS[options.format]}`
    await keep(name, { bytes, contentType, width, height })
    sheets.push({ name, width, height })
  }
}
