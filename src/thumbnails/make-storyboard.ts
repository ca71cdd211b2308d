import { NO_RECORDER } from '../telemetry/recorder.ts'
import type { DescribeVideo } from '../video/describe-video.ts'
import type { TakeContext } from '../video/take-frame.ts'
import type { TakeFrames } from '../video/take-frames.ts'
import { presign, URL_SHORTENED } from './answer-thumbnail.ts'
import { bindSheets, type BindSheets } from './bind-sheets.ts'
import type { OpenedSource } from './frame-source.ts'
import type { IdentifiedSource } from './identify-source.ts'
import { planStoryboardFolder } from './output-key.ts'
import { createSingleFlight } from './single-flight.ts'
import { createSourceAccess, type Making, type SourceParts, tallyIdentification } from './source-access.ts'
import { MANIFEST_NAME, openStoryboardFolder, type StoryboardFolder } from './stored-storyboard.ts'
import type { MakeStoryboard, Storyboard, StoryboardManifest } from './storyboard.ts'
import { describeStoryboard, planMoments, type StoryboardOptions } from './storyboard-options.ts'
import type { StoredSource } from './thumbnail.ts'

/** What making storyboards needs. */
export interface MakeStoryboardParts extends SourceParts {
  readonly describeVideo: DescribeVideo
  readonly takeFrames: TakeFrames
  readonly createSheets: BindSheets['createSheets']
}

interface Made {
  readonly manifest: StoryboardManifest
  readonly work: Storyboard['work']
}

/** A thousand key frames that lie apart, and the index; they are far fewer bytes than may be read anyway. */
const READ_LIMITS = { maxRequests: 1500 }

/** Builds the use case: finds the storyboard that is there already, else makes it. Equal requests at the same time share one making. */
export function createMakeStoryboard (parts: MakeStoryboardParts): MakeStoryboard {
  const { store, outputBucket, outputPrefix, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess({ ...parts, readLimits: READ_LIMITS })
  const flights = createSingleFlight<Made>()

  return async (request, context) => {
    const made = await sources.attend(request.source, context, (making) => attempt(request.source, request.options, making))
    recorder.countProduct('storyboard', made.storyboard.work.way)
    return made
  }

  async function attempt (wanted: StoredSource, options: StoryboardOptions, making: Making) {
    const { steps, signal } = making
    const source = await steps.measure('index', () => sources.identify(wanted, signal))
    const prefix = planStoryboardFolder({ prefix: outputPrefix, source: source.identity, options: describeStoryboard(options) })
    const folder = openStoryboardFolder(store, outputBucket, prefix)
    const found = options.regenerate ? undefined : await steps.measure('store', () => findEarlier(source, folder, signal))
    const made = found ?? await flights.join(`${options.regenerate} ${prefix}`, signal, (shared) => make(source, folder, options, { ...making, signal: shared }))
    const storyboard = await steps.measure('store', () => answer(made, folder, found !== undefined, options, signal))
    return { storyboard, stepTimes: steps.times }
  }

  async function findEarlier (source: IdentifiedSource, folder: StoryboardFolder, signal: AbortSignal): Promise<Made | undefined> {
    const manifest = await folder.find(signal)
    if (manifest !== undefined) return { manifest, work: { way: 'cached', ...tallyIdentification(source), packetsDecoded: 0 } }
    const failure = await sources.readFailure(source.identity, signal)
    if (failure !== undefined) throw failure
    return undefined
  }

  async function make (source: IdentifiedSource, folder: StoryboardFolder, options: StoryboardOptions, making: Making): Promise<Made> {
    return await sources.open(source, making, async (opened, context) => {
      const { duration, width, height } = await parts.describeVideo(opened, context)
      const moments = planMoments(options, duration)
      const bound = await bindSheets(parts, { opened, moments, display: { width, height }, options, context, keep: keepSheets(folder, context) })
      const manifest: StoryboardManifest = { version: 1, ...bound.board, duration }
      await context.steps.measure('store', () => folder.finish(manifest, context.signal))
      return { manifest, work: tally(opened, bound) }
    })
  }

  function keepSheets (folder: StoryboardFolder, { steps, signal }: TakeContext): BindSheets['keep'] {
    return (name, sheet) => steps.measure('store', () => folder.keepSheet(name, sheet, signal))
  }

  function tally (opened: OpenedSource, { way, packetsDecoded }: Pick<Storyboard['work'], 'way' | 'packetsDecoded'>): Storyboard['work'] {
    return { way, ...opened.tally(), packetsDecoded }
  }

  async function answer ({ manifest, work }: Made, folder: StoryboardFolder, cached: boolean, options: StoryboardOptions, signal: AbortSignal): Promise<Storyboard> {
    const sign = async (name: string) => ({ key: folder.addressOf(name).key, ...await presign(store, folder.addressOf(name), options.expires) })
    const sheets = await Promise.all(manifest.sheets.map(async ({ name, width, height }) => ({ ...await sign(name), width, height })))
    const vttName = await folder.keepSigned(manifest, sheets.map(({ url }) => url), options.expires, signal)
    const [vtt, json] = await Promise.all([sign(vttName), sign(MANIFEST_NAME)])
    const { version, sheets: names, ...board } = manifest
    const all = [...sheets, vtt, json]
    return {
      ...board,
      bucket: outputBucket,
      expiresAt: all.map(({ expiresAt }) => expiresAt).sort()[0]!,
      sheets: sheets.map(({ url, key, width, height }) => ({ url, key, width, height })),
      vtt: { url: vtt.url, key: vtt.key },
      manifest: { url: json.url, key: json.key },
      cached,
      work,
      warnings: all.some(({ isShortened }) => isShortened) ? [...manifest.warnings, URL_SHORTENED] : manifest.warnings
    }
  }
}
