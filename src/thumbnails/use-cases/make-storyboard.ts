import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { DescribeVideo } from '../../video/extract/describe-video.ts'
import type { ExtractContext } from '../../video/extract/extract-frame.ts'
import type { ExtractFrames } from '../../video/extract/extract-frames.ts'
import { presign, URL_SHORTENED } from '../thumbnail-response.ts'
import { buildSpriteSheets, type BuildSpriteSheets } from '../build-sprite-sheets.ts'
import type { OpenedSource } from '../open-source.ts'
import { storyboardPrefix } from '../stored/output-key.ts'
import { createSingleFlight } from '../single-flight.ts'
import { createSourceAccess, type JobContext, type SourceParts, identificationStats } from '../source-access.ts'
import { MANIFEST_NAME } from '../stored/own-names.ts'
import { openStoryboardFolder, type StoryboardFolder } from '../stored/stored-storyboard.ts'
import type { MakeStoryboard, Storyboard, StoryboardManifest } from '../storyboard.ts'
import { describeStoryboard, tileTimes, type StoryboardOptions } from '../../options/storyboard-options.ts'
import type { StoredSource } from '../thumbnail.ts'
import type { IdentifiedSource } from '../source-identity.ts'

/** What making storyboards needs. */
export interface MakeStoryboardParts extends SourceParts {
  readonly describeVideo: DescribeVideo
  readonly extractFrames: ExtractFrames
  readonly createSheets: BuildSpriteSheets['createSheets']
}

interface Made {
  readonly manifest: StoryboardManifest
  readonly work: Storyboard['work']
}

/** A thousand key frames that lie apart, and the index; they are far fewer bytes than may be read anyway. */
const READ_LIMITS = { maxRequests: 1500 }

/**
 * Builds the use case: finds the storyboard that is there already, else makes it. Equal requests at the same time
 * share one making.
 */
export function createMakeStoryboard (parts: MakeStoryboardParts): MakeStoryboard {
  const { store, outputBucket, outputPrefix, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess({ ...parts, readLimits: READ_LIMITS })
  const flights = createSingleFlight<Made>()

  return async (request, context) => {
    const made = await sources.run(request.source, context, (job) => attempt(request.source, request.options, job))
    recorder.countProduct('storyboard', made.storyboard.work.mode)
    return made
  }

  async function attempt (wanted: StoredSource, options: StoryboardOptions, job: JobContext) {
    const { steps, signal } = job
    const source = await steps.measure('index', () => sources.identify(wanted, signal))
    const prefix = storyboardPrefix({
      prefix: outputPrefix,
      source: source.identity,
      options: describeStoryboard(options)
    })
    const folder = openStoryboardFolder(store, outputBucket, prefix)
    const found = options.regenerate
      ? undefined
      : await steps.measure('store', () => findEarlier(source, folder, signal))
    const made =
      found ??
      (await flights.join(`${options.regenerate} ${prefix}`, signal, (shared) =>
        make(source, folder, options, { ...job, signal: shared })
      ))
    const storyboard = await steps.measure('store', () => answer(made, folder, found !== undefined, options, signal))
    return { storyboard, stepTimes: steps.times }
  }

  async function findEarlier (
    source: IdentifiedSource,
    folder: StoryboardFolder,
    signal: AbortSignal
  ): Promise<Made | undefined> {
    const manifest = await folder.find(signal)
    if (manifest !== undefined) {
      return { manifest, work: { mode: 'cached', ...identificationStats(source), packetsDecoded: 0 } }
    }
    const failure = await sources.readFailure(source.identity, signal)
    if (failure !== undefined) throw failure
    return undefined
  }

  async function make (
    source: IdentifiedSource,
    folder: StoryboardFolder,
    options: StoryboardOptions,
    job: JobContext
  ): Promise<Made> {
    return await sources.open(source, job, async (opened, context) => {
      const { duration, width, height } = await parts.describeVideo(opened, context)
      const moments = tileTimes(options, duration)
      const bound = await buildSpriteSheets(parts, {
        opened,
        moments,
        display: { width, height },
        options,
        context,
        keep: putSheets(folder, context)
      })
      const manifest: StoryboardManifest = { version: 1, ...bound.board, duration }
      await context.steps.measure('store', () => folder.finish(manifest, context.signal))
      return { manifest, work: stats(opened, bound) }
    })
  }

  function putSheets (folder: StoryboardFolder, { steps, signal }: ExtractContext): BuildSpriteSheets['keep'] {
    return (name, sheet) => steps.measure('store', () => folder.keepSheet(name, sheet, signal))
  }

  function stats (
    opened: OpenedSource,
    { mode, packetsDecoded }: Pick<Storyboard['work'], 'mode' | 'packetsDecoded'>
  ): Storyboard['work'] {
    return { mode, ...opened.stats(), packetsDecoded }
  }

  async function answer (
    { manifest, work }: Made,
    folder: StoryboardFolder,
    cached: boolean,
    options: StoryboardOptions,
    signal: AbortSignal
  ): Promise<Storyboard> {
    const sign = async (name: string) => ({
      key: folder.addressOf(name).key,
      ...(await presign(store, folder.addressOf(name), options.expires))
    })
    const sheets = await Promise.all(
      manifest.sheets.map(async ({ name, width, height }) => ({ ...(await sign(name)), width, height }))
    )
    const vttName = await folder.keepSigned(
      manifest,
      sheets.map(({ url }) => url),
      options.expires,
      signal
    )
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
