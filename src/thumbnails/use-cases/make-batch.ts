import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { MAX_OUTPUT_PIXELS, outputPixelsError } from '../../options/output-pixels.ts'
import type { ThumbnailOptions } from '../../options/thumbnail-options.ts'
import type { ObjectLocation } from '../../store/object-store.ts'
import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { StepTimes, Work } from '../../telemetry/work.ts'
import type { ExtractFrames } from '../../video/extract/extract-frames.ts'
import type { Image, ImageOptions } from '../../video/image/encode-image.ts'
import type { ExtractedFrame } from '../../video/media/frame.ts'
import type { ReadStats } from '../../video/source/byte-source.ts'
import { createSingleFlight } from '../single-flight.ts'
import { createSourceAccess, identificationStats, type JobContext, type SourceParts } from '../source-access.ts'
import type { IdentifiedSource } from '../source-identity.ts'
import { outputKey } from '../stored/output-key.ts'
import { findThumbnail, putImage, type StoredThumbnail } from '../stored/stored-thumbnail.ts'
import { buildThumbnailResponse } from '../thumbnail-response.ts'
import type { MakeContext, StoredSource, Thumbnail, UploadedSource } from '../thumbnail.ts'

/** Dependencies of {@link createMakeBatch}. */
export interface MakeBatchParts extends SourceParts {
  readonly extractFrames: ExtractFrames
  readonly encodeImage: (frame: ExtractedFrame, options: ImageOptions) => Promise<Image>
}

/** A request for several thumbnails of one source. */
export interface BatchRequest {
  readonly source: UploadedSource | StoredSource
  /** Options of each item, or the error that its options have; the error then becomes the outcome of the item. */
  readonly items: ReadonlyArray<ThumbnailOptions | PosterframeError>
}

/** Outcomes of a batch, in the order of its items. */
export interface Batch {
  readonly thumbnails: ReadonlyArray<Thumbnail | PosterframeError>
  /** Work of all items together. */
  readonly work: ReadStats & { readonly packetsDecoded: number }
}

/** The use case behind `POST /v1/thumbnails/batch`. */
export type MakeBatch = (
  request: BatchRequest,
  context: MakeContext
) => Promise<{ readonly batch: Batch, readonly stepTimes: StepTimes }>

/** An item with valid options, and the location of its thumbnail. */
interface Item {
  readonly place: number
  readonly options: ThumbnailOptions
  readonly location: ObjectLocation
}

interface Made {
  readonly stored: StoredThumbnail
  readonly work: Work
  readonly cached: boolean
}

type Outcome = Made | PosterframeError

/**
 * Creates the use case that makes several thumbnails of one source: it identifies the source once, finds the thumbnails
 * of earlier requests and makes the others together. An error of one item is the outcome of that item alone. Items
 * whose video is so tall that their pictures exceed the pixels of a request are not made.
 */
export function createMakeBatch (parts: MakeBatchParts): MakeBatch {
  const { store, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess(parts)
  const flights = createSingleFlight<ReadonlyMap<string, Outcome>>()

  return async (request, context) => {
    const result = await sources.run(request.source, context, (job) => handle(request, job))
    const modes = result.batch.thumbnails.flatMap((thumbnail) =>
      isPosterframeError(thumbnail) ? [] : [thumbnail.work.mode]
    )
    for (const mode of modes) recorder.countThumbnail(mode)
    const [first] = modes
    if (first !== undefined) recorder.countProduct('batch', modes.every((mode) => mode === first) ? first : 'mixed')
    return result
  }

  async function handle (request: BatchRequest, job: JobContext) {
    const { steps, signal } = job
    const source = await steps.measure('index', () => sources.identify(request.source, signal))
    const items = request.items.flatMap((options, place) =>
      isPosterframeError(options) ? [] : [{ place, options, location: outputLocation(source, options) }]
    )
    const outcomes = new Map(await steps.measure('store', () => findMade(items, signal)))
    const missing = distinct(items.filter(({ location }) => !outcomes.has(location.key)))
    if (missing.length > 0) {
      const made = await flights.join(
        JSON.stringify(missing.map(({ location, options }) => [location.key, options.regenerate])),
        signal,
        (shared) => makeAndSave(source, missing, { ...job, signal: shared })
      )
      for (const [key, outcome] of made) outcomes.set(key, outcome)
    }
    const thumbnails = await Promise.all(
      request.items.map(async (options, place) => {
        if (isPosterframeError(options)) return options
        const item = items.find((other) => other.place === place)!
        return await respond(item, outcomes, request.source)
      })
    )
    return { batch: { thumbnails, work: sumWork([...outcomes.values()], source) }, stepTimes: steps.times }
  }

  function outputLocation ({ identity }: IdentifiedSource, options: ThumbnailOptions): ObjectLocation {
    return { bucket: parts.outputBucket, key: outputKey({ prefix: parts.outputPrefix, source: identity, options }) }
  }

  async function findMade (items: readonly Item[], signal: AbortSignal): Promise<Array<[string, Outcome]>> {
    const found = await Promise.all(
      distinct(items).map(async ({ location, options }) => ({
        location,
        stored: options.regenerate ? undefined : await findThumbnail(store, location, signal)
      }))
    )
    return found.flatMap(({ location, stored }) =>
      stored === undefined ? [] : [[location.key, { stored, work: CACHED, cached: true }]]
    )
  }

  async function makeAndSave (
    source: IdentifiedSource,
    items: readonly Item[],
    job: JobContext
  ): Promise<ReadonlyMap<string, Outcome>> {
    const failure = await sources.readFailure(source.identity, job.signal)
    if (failure !== undefined) throw failure
    return await sources.open(source, job, async (opened, context) => {
      const outcomes = new Map<string, Outcome>()
      let counted: ReadStats = { bytesRead: 0, requests: 0 }
      let pixels = 0
      await parts.extractFrames(
        opened,
        items.map(({ options }) => options),
        context,
        async (place, frame) => {
          const { location, options } = items[place]!
          if (isPosterframeError(frame)) {
            outcomes.set(location.key, frame)
            return
          }
          pixels += frame.picture.width * frame.picture.height
          if (pixels > MAX_OUTPUT_PIXELS) {
            outcomes.set(location.key, outputPixelsError(pixels, 'items'))
            return
          }
          const image = await job.steps.measure('encode', () => context.inSlot(() => parts.encodeImage(frame, options)))
          job.signal.throwIfAborted()
          const stored = await job.steps.measure('store', () =>
            putImage(store, location, { image, frame, source }, job.signal)
          )
          // The first item counts the reads that serve several items.
          const stats = opened.stats()
          const work = {
            mode: frame.mode,
            bytesRead: stats.bytesRead - counted.bytesRead,
            requests: stats.requests - counted.requests,
            packetsDecoded: frame.packetsDecoded
          }
          counted = stats
          outcomes.set(location.key, { stored, work, cached: false })
        }
      )
      return outcomes
    })
  }

  async function respond (
    { location, options }: Item,
    outcomes: ReadonlyMap<string, Outcome>,
    source: BatchRequest['source']
  ): Promise<Thumbnail | PosterframeError> {
    const outcome = outcomes.get(location.key) ?? new PosterframeError('internal_error')
    if (isPosterframeError(outcome)) return outcome
    return (await buildThumbnailResponse(store, { ...outcome, location, source }, options.expires)).thumbnail
  }
}

const CACHED: Work = { mode: 'cached', bytesRead: 0, requests: 0, packetsDecoded: 0 }

/** Returns one item for each key: items with the same key have the same thumbnail. */
function distinct (items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.location.key, item])).values()]
}

function sumWork (outcomes: readonly Outcome[], source: IdentifiedSource): Batch['work'] {
  const works = outcomes.flatMap((outcome) => (isPosterframeError(outcome) ? [] : [outcome.work]))
  const sum = (name: 'bytesRead' | 'requests' | 'packetsDecoded') =>
    works.reduce((total, work) => total + work[name], 0)
  const least = identificationStats(source)
  return {
    bytesRead: Math.max(least.bytesRead, sum('bytesRead')),
    requests: Math.max(least.requests, sum('requests')),
    packetsDecoded: sum('packetsDecoded')
  }
}
