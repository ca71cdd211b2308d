import type { PosterframeError } from '../../errors.ts'
import type { ObjectLocation } from '../../store/object-store.ts'
import type { StepTimes, Work } from '../../telemetry/work.ts'
import type { ExtractContext } from '../../video/extract/extract-frame.ts'
import type { OpenedSource } from '../open-source.ts'
import { createSingleFlight } from '../single-flight.ts'
import { createSourceAccess, identificationStats, type JobContext, type SourceParts } from '../source-access.ts'
import type { IdentifiedSource, SourceIdentity } from '../source-identity.ts'
import type { MakeContext, StoredSource, UploadedSource, UrlMethod } from '../thumbnail.ts'

/** A request for one product of one source. */
export interface ProductRequest<Options> {
  readonly source: UploadedSource | StoredSource
  readonly options: Options
  /** Method that the URLs of the response allow. Default: `GET`. */
  readonly urlMethod?: UrlMethod
}

/** A stored product and the request for it. */
export interface ProductResult<Options, Stored> extends ProductRequest<Options> {
  readonly stored: Stored
  readonly location: ObjectLocation
  readonly work: Work
  /** True if an earlier request made the product. */
  readonly cached: boolean
}

/**
 * The parts of a use case that differ from product to product. `Product` is the product in memory, `Stored` the same
 * product as a later request finds it in the store.
 */
export interface StoredUseCase<Options, Product, Stored, Response> {
  /** Returns the key of the product, or the prefix of its keys if it is several objects. */
  readonly key: (request: {
    readonly prefix: string
    readonly source: SourceIdentity
    readonly options: Options
  }) => string
  /** Returns the stored product; undefined if it is missing or incomplete. */
  readonly find: (location: ObjectLocation, signal: AbortSignal) => Promise<Stored | undefined>
  /** Makes the product. May store parts of it, which `save` then completes. */
  readonly make: (
    opened: OpenedSource,
    request: { readonly options: Options, readonly location: ObjectLocation, readonly context: ExtractContext }
  ) => Promise<{
    readonly product: Product
    readonly mode: Exclude<Work['mode'], 'cached'>
    readonly packetsDecoded: number
  }>
  /** Stores the product. */
  readonly save: (
    location: ObjectLocation,
    product: Product,
    context: { readonly source: IdentifiedSource, readonly signal: AbortSignal }
  ) => Promise<Stored>
  /** Builds the response, with new presigned URLs. */
  readonly respond: (result: ProductResult<Options, Stored>, job: JobContext) => Promise<Response>
}

interface Made<Stored> {
  readonly stored: Stored
  readonly work: Work
}

/** Results of earlier requests: the stored product, or the permanent failure of the source. */
interface Lookup<Stored> {
  readonly stored: Stored | undefined
  readonly failure: PosterframeError | undefined
}

/** A lookup that was begun before the version of the source was confirmed. */
interface EarlyLookup<Stored> {
  readonly location: ObjectLocation
  readonly result: Promise<Lookup<Stored>>
}

/**
 * Creates a use case that makes a product of a source and stores it, or finds the product of an earlier request.
 * Requests for the same product at the same time share one job.
 */
export function createStoredUseCase<Options extends { readonly regenerate: boolean }, Product, Stored, Response> (
  parts: SourceParts,
  { key, find, make, save, respond }: StoredUseCase<Options, Product, Stored, Response>
): (
    request: ProductRequest<Options>,
    context: MakeContext
  ) => Promise<{ readonly response: Response, readonly stepTimes: StepTimes }> {
  const sources = createSourceAccess(parts)
  const flights = createSingleFlight<Made<Stored>>()

  return (request, context) => sources.run(request.source, context, (job) => handle(request, job))

  async function handle (request: ProductRequest<Options>, job: JobContext) {
    const { options } = request
    const { steps, signal } = job
    const early = options.regenerate ? undefined : startEarlyLookup(request, signal)
    const source = await steps.measure('index', () => sources.identify(request.source, signal))
    const location = locationOf(source.identity, options)
    const found = options.regenerate
      ? undefined
      : await steps.measure('store', () => findMade(source, location, early, signal))
    const made =
      found ??
      (await flights.join(`${options.regenerate} ${location.key}`, signal, (shared) =>
        makeAndSave(source, location, options, { ...job, signal: shared })
      ))
    const response = await respond({ ...request, ...made, location, cached: found !== undefined }, job)
    return { response, stepTimes: steps.times }
  }

  function locationOf (source: SourceIdentity, options: Options): ObjectLocation {
    return { bucket: parts.outputBucket, key: key({ prefix: parts.outputPrefix, source, options }) }
  }

  /**
   * Looks up the product for the cached version of the source, while the store confirms that version: a cached product
   * then takes one round trip. If the version has changed, the result is ignored.
   */
  function startEarlyLookup (
    { source, options }: ProductRequest<Options>,
    signal: AbortSignal
  ): EarlyLookup<Stored> | undefined {
    const identity = sources.peek(source)
    if (identity === undefined) return undefined
    const location = locationOf(identity, options)
    const result = lookUp(location, identity, signal)
    result.catch(() => undefined)
    return { location, result }
  }

  async function lookUp (
    location: ObjectLocation,
    identity: SourceIdentity,
    signal: AbortSignal
  ): Promise<Lookup<Stored>> {
    const [stored, failure] = await Promise.all([find(location, signal), sources.readFailure(identity, signal)])
    return { stored, failure }
  }

  /** Returns the product of an earlier request, or throws its failure: a broken file is not read at every request. */
  async function findMade (
    source: IdentifiedSource,
    location: ObjectLocation,
    early: EarlyLookup<Stored> | undefined,
    signal: AbortSignal
  ): Promise<Made<Stored> | undefined> {
    const isCurrent = early?.location.key === location.key
    const { stored, failure } = await (isCurrent ? early.result : lookUp(location, source.identity, signal))
    if (stored !== undefined) {
      return { stored, work: { mode: 'cached', ...identificationStats(source), packetsDecoded: 0 } }
    }
    if (failure !== undefined) throw failure
    return undefined
  }

  async function makeAndSave (
    source: IdentifiedSource,
    location: ObjectLocation,
    options: Options,
    job: JobContext
  ): Promise<Made<Stored>> {
    const { steps, signal } = job
    return await sources.open(source, job, async (opened, context) => {
      const { product, mode, packetsDecoded } = await make(opened, { options, location, context })
      signal.throwIfAborted()
      const stored = await steps.measure('store', () => save(location, product, { source, signal }))
      return { stored, work: { mode, ...opened.stats(), packetsDecoded } }
    })
  }
}
