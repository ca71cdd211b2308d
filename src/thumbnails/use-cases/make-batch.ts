import { isPosterframeError, PosterframeError } from '../../errors.ts'
import type { ObjectAddress } from '../../store/object-store.ts'
import type { ReadStats } from '../../video/source/byte-source.ts'
import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { Image, ImageOptions } from '../../video/image/encode-image.ts'
import type { ExtractFrames } from '../../video/extract/extract-frames.ts'
import { answerThumbnail } from '../thumbnail-response.ts'
import type { ThumbnailOptions } from '../../options/thumbnail-options.ts'
import { outputKey } from '../stored/output-key.ts'
import { createSingleFlight } from '../single-flight.ts'
import { createSourceAccess, type JobContext, type SourceParts, identificationStats } from '../source-access.ts'
import { findStored, putImage, type Stored } from '../stored/stored-thumbnail.ts'
import type { MakeContext, StoredSource, Thumbnail } from '../thumbnail.ts'
import type { StepTimes, Work } from '../../telemetry/work.ts'
import type { ExtractedFrame } from '../../video/media/frame.ts'
import type { IdentifiedSource } from '../source-identity.ts'

/** What making several thumbnails needs. */
export interface MakeBatchParts extends SourceParts {
  readonly extractFrames: ExtractFrames
  readonly encodeImage: (frame: ExtractedFrame, options: ImageOptions) => Promise<Image>
}

/** Several thumbnails of one source. */
export interface BatchRequest {
  readonly source: StoredSource
  /** What is wrong with the options of an item stands in their place. */
  readonly items: ReadonlyArray<ThumbnailOptions | PosterframeError>
}

/** What became of them, in the order asked for. */
export interface Batch {
  readonly thumbnails: ReadonlyArray<Thumbnail | PosterframeError>
  /** Of all together. */
  readonly work: ReadStats & { readonly packetsDecoded: number }
}

/** The use case behind `POST /v1/thumbnails/batch`. */
export type MakeBatch = (
  request: BatchRequest,
  context: MakeContext
) => Promise<{ readonly batch: Batch, readonly stepTimes: StepTimes }>

/** An item whose options are right, and where its thumbnail is kept. */
interface Item {
  readonly place: number
  readonly options: ThumbnailOptions
  readonly address: ObjectAddress
}

interface Made {
  readonly stored: Stored
  readonly work: Work
  readonly cached: boolean
}

type Outcome = Made | PosterframeError

/**
 * Builds the use case: the source is asked for once, thumbnails that are there are found, and the others made
 * together. What is wrong with one of them is said in its place.
 */
export function createMakeBatch (parts: MakeBatchParts): MakeBatch {
  const { store, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess(parts)
  const flights = createSingleFlight<ReadonlyMap<string, Outcome>>()

  return async (request, context) => {
    const made = await sources.run(request.source, context, (job) => attempt(request, job))
    const modes = made.batch.thumbnails.flatMap((thumbnail) =>
      isPosterframeError(thumbnail) ? [] : [thumbnail.work.mode]
    )
    for (const mode of modes) recorder.countThumbnail(mode)
    const [first] = modes
    if (first !== undefined) recorder.countProduct('batch', modes.every((mode) => mode === first) ? first : 'mixed')
    return made
  }

  async function attempt ({ source: wanted, items: asked }: BatchRequest, job: JobContext) {
    const { steps, signal } = job
    const source = await steps.measure('index', () => sources.identify(wanted, signal))
    const items = asked.flatMap((options, place) =>
      isPosterframeError(options) ? [] : [{ place, options, address: outputAddress(source, options) }]
    )
    const outcomes = new Map(await steps.measure('store', () => findEarlier(items, signal)))
    const missing = uniteEqual(items.filter(({ address }) => !outcomes.has(address.key)))
    if (missing.length > 0) {
      const made = await flights.join(
        JSON.stringify(missing.map(({ address, options }) => [address.key, options.regenerate])),
        signal,
        (shared) => make(source, missing, { ...job, signal: shared })
      )
      for (const [key, outcome] of made) outcomes.set(key, outcome)
    }
    const thumbnails = await Promise.all(
      asked.map(async (options, place) =>
        isPosterframeError(options)
          ? options
          : await answer(
            items.find((item) => item.place === place)!,
            outcomes,
            wanted
          )
      )
    )
    return { batch: { thumbnails, work: sumWork([...outcomes.values()], source) }, stepTimes: steps.times }
  }

  async function findEarlier (items: readonly Item[], signal: AbortSignal): Promise<Array<[string, Outcome]>> {
    const found = await Promise.all(
      uniteEqual(items).map(async ({ address, options }) => ({
        address,
        stored: options.regenerate ? undefined : await findStored(store, address, signal)
      }))
    )
    return found.flatMap(({ address, stored }) =>
      stored === undefined ? [] : [[address.key, { stored, work: CACHED, cached: true }]]
    )
  }

  async function make (
    source: IdentifiedSource,
    items: readonly Item[],
    job: JobContext
  ): Promise<ReadonlyMap<string, Outcome>> {
    const failure = await sources.readFailure(source.identity, job.signal)
    if (failure !== undefined) throw failure
    return await sources.open(source, job, async (opened, context) => {
      const outcomes = new Map<string, Outcome>()
      let counted: ReadStats = { bytesRead: 0, requests: 0 }
      await parts.extractFrames(
        opened,
        items.map(({ options }) => options),
        context,
        async (place, frame) => {
          const { address, options } = items[place]!
          if (isPosterframeError(frame)) {
            outcomes.set(address.key, frame)
            return
          }
          const image = await job.steps.measure('encode', () => context.inSlot(() => parts.encodeImage(frame, options)))
          job.signal.throwIfAborted()
          const stored = await job.steps.measure('store', () =>
            putImage(store, address, { image, frame, source }, job.signal)
          )
          // What was read for several is counted with the first of them.
          const stats = opened.stats()
          const work = {
            mode: frame.mode,
            bytesRead: stats.bytesRead - counted.bytesRead,
            requests: stats.requests - counted.requests,
            packetsDecoded: frame.packetsDecoded
          }
          counted = stats
          outcomes.set(address.key, { stored, work, cached: false })
        }
      )
      return outcomes
    })
  }

  function outputAddress ({ identity }: IdentifiedSource, options: ThumbnailOptions): ObjectAddress {
    return { bucket: parts.outputBucket, key: outputKey({ prefix: parts.outputPrefix, source: identity, options }) }
  }

  async function answer (
    { address, options }: Item,
    outcomes: ReadonlyMap<string, Outcome>,
    source: StoredSource
  ): Promise<Thumbnail | PosterframeError> {
    const outcome = outcomes.get(address.key) ?? new PosterframeError('internal_error')
    return isPosterframeError(outcome)
      ? outcome
      : await answerThumbnail(store, { ...outcome, address, source }, options.expires)
  }
}

const CACHED: Work = { mode: 'cached', bytesRead: 0, requests: 0, packetsDecoded: 0 }

/** Items with the same key ask for the same picture. */
function uniteEqual (items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.address.key, item])).values()]
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
