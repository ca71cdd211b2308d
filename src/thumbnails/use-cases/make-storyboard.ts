import { describeStoryboard, tileTimes, type StoryboardOptions } from '../../options/storyboard-options.ts'
import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { DescribeVideo } from '../../video/extract/describe-video.ts'
import type { ExtractFrames } from '../../video/extract/extract-frames.ts'
import { buildSpriteSheets, type BuildSpriteSheets } from '../build-sprite-sheets.ts'
import type { JobContext, SourceParts } from '../source-access.ts'
import { storyboardPrefix } from '../stored/output-key.ts'
import { MANIFEST_NAME } from '../stored/own-names.ts'
import { openStoryboardFolder } from '../stored/stored-storyboard.ts'
import type { MakeStoryboard, Storyboard, StoryboardManifest } from '../storyboard.ts'
import { presign, URL_SHORTENED } from '../thumbnail-response.ts'
import { createStoredUseCase, type ProductResult } from './stored-use-case.ts'

/** Dependencies of {@link createMakeStoryboard}. */
export interface MakeStoryboardParts extends SourceParts {
  readonly describeVideo: DescribeVideo
  readonly extractFrames: ExtractFrames
  readonly createSheets: BuildSpriteSheets['createSheets']
}

/** Enough for a thousand key frames that are far apart, and the index; their bytes are below the default limit. */
const READ_LIMITS = { maxRequests: 1500 }

/** Creates the use case that makes a storyboard, or finds the storyboard of an earlier request. */
export function createMakeStoryboard (parts: MakeStoryboardParts): MakeStoryboard {
  const { store, describeVideo, recorder = NO_RECORDER } = parts
  const makeStored = createStoredUseCase<StoryboardOptions, StoryboardManifest, StoryboardManifest, Storyboard>(
    { ...parts, readLimits: READ_LIMITS },
    {
      key: ({ prefix, source, options }) => storyboardPrefix({ prefix, source, options: describeStoryboard(options) }),
      find: (location, signal) => openStoryboardFolder(store, location).find(signal),
      async make (opened, { options, location, context }) {
        const { steps, signal } = context
        const folder = openStoryboardFolder(store, location)
        const { duration, width, height } = await describeVideo(opened, context)
        const { board, mode, packetsDecoded } = await buildSpriteSheets(parts, {
          opened,
          timesMicros: tileTimes(options, duration),
          display: { width, height },
          options,
          context,
          putSheet: (name, sheet) => steps.measure('store', () => folder.putSheet(name, sheet, signal))
        })
        return { product: { version: 1, ...board, duration }, mode, packetsDecoded }
      },
      async save (location, manifest, { signal }) {
        await openStoryboardFolder(store, location).finish(manifest, signal)
        return manifest
      },
      respond: (result, { steps, signal }) => steps.measure('store', () => respond(result, signal))
    }
  )

  return async (request, context) => {
    const { response: storyboard, stepTimes } = await makeStored(request, context)
    recorder.countProduct('storyboard', storyboard.work.mode)
    return { storyboard, stepTimes }
  }

  async function respond (
    { stored: manifest, options, location, work, cached }: ProductResult<StoryboardOptions, StoryboardManifest>,
    signal: JobContext['signal']
  ): Promise<Storyboard> {
    const folder = openStoryboardFolder(store, location)
    const sign = async (name: string) => ({
      key: folder.locationOf(name).key,
      ...(await presign(store, folder.locationOf(name), options.expires))
    })
    const sheets = await Promise.all(
      manifest.sheets.map(async ({ name, width, height }) => ({ ...(await sign(name)), width, height }))
    )
    const sheetUrls = sheets.map(({ url }) => url)
    const vttName = await folder.putSignedVtt(manifest, sheetUrls, options.expires, signal)
    const [vtt, json] = await Promise.all([sign(vttName), sign(MANIFEST_NAME)])
    const { version, sheets: names, ...board } = manifest
    const all = [...sheets, vtt, json]
    return {
      ...board,
      bucket: location.bucket,
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
