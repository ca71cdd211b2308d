import { PosterframeError, isPosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { Slots } from '../limits/slots.ts'
import type { ReadTally } from '../storage/byte-source.ts'
import type { ObjectAddress, ObjectStore } from '../storage/object-store.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import { NO_TRACER, type Tracer } from '../telemetry/tracer.ts'
import type { Image, ImageOptions } from '../video/image.ts'
import type { TakeFrame, TakenFrame } from '../video/take-frame.ts'
import { claimUpload, openFrameSource } from './frame-source.ts'
import { createSourceMemory, expectIdentity, identifySource, type IdentifiedSource } from './identify-source.ts'
import { planFailureKey, planOutputKey, type SourceIdentity } from './output-key.ts'
import { createSingleFlight } from './single-flight.ts'
import { createStepClock, type StepClock } from './step-clock.ts'
import { readFailure, writeFailure } from './failure-memory.ts'
import { findStored, keepImage, type Stored } from './stored-thumbnail.ts'
import type { MakeThumbnail, Step, StoredSource, Thumbnail, ThumbnailRequest, UploadedSource, Work } from './thumbnail.ts'

/** What making thumbnails needs; every part is a port or a bound. */
export interface MakeThumbnailParts {
  readonly store: ObjectStore
  readonly takeFrame: TakeFrame
  readonly encodeImage: (frame: TakenFrame, options: ImageOptions) => Promise<Image>
  /** How many makings may be under way; most of their time they wait for the store. */
  readonly admission: Slots
  /** How many may decode or encode at once. */
  readonly slots: Slots
  readonly scratch: Scratch
  readonly outputBucket: string
  readonly outputPrefix: string
  readonly sourceBuckets: readonly string[]
  /** What the keys of sources may begin with; anything unless given. */
  readonly sourcePrefixes?: readonly string[] | undefined
  readonly maxSourceBytes: number
  readonly recorder?: Recorder
  readonly tracer?: Tracer
}

interface Making {
  readonly steps: StepClock
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

/** What is kept of earlier requests. */
interface Findings {
  readonly stored: Stored | undefined
  readonly failure: PosterframeError | undefined
}

/** What is looked for before it is known to be of the source's present version. */
interface LookAhead {
  readonly address: ObjectAddress
  readonly findings: Promise<Findings>
}

interface Made {
  readonly stored: Stored
  readonly work: Work
}

/**
 * Builds the use case: finds the thumbnail that is there already, else makes it. Equal requests at the same time
 * share one making. A source that is overwritten while it is read is read once more.
 */
export function createMakeThumbnail (parts: MakeThumbnailParts): MakeThumbnail {
  const { store, scratch, recorder = NO_RECORDER, tracer = NO_TRACER } = parts
  const flights = createSingleFlight<Made>()
  const met = createSourceMemory()

  return async (request, { signal, note = () => {} }) => {
    const steps = createStepClock(tracer)
    refuseForeignSource(request, parts)
    try {
      const made = await attemptTwice(request, { steps, signal, note })
      recorder.countThumbnail(made.thumbnail.work.way)
      return made
    } finally {
      for (const [step, ms] of Object.entries(steps.times)) recorder.timeStep(step as Step, ms / 1000)
    }
  }

  async function attemptTwice (request: ThumbnailRequest, making: Making) {
    try {
      return await attempt(request, making)
    } catch (error) {
      if (!isPosterframeError(error, 'source_changed')) throw error
      return await attempt(request, making)
    }
  }

  async function attempt (request: ThumbnailRequest, making: Making) {
    const { options } = request
    const { steps, signal } = making
    const ahead = options.regenerate ? undefined : lookAhead(request, signal)
    const source = await steps.measure('index', () => identifySource(request.source, { store, met }, signal))
    const address = planAddress(source.identity, request)
    const found = options.regenerate ? undefined : await steps.measure('store', () => findEarlier(address, source, signal, ahead))
    const made = found ?? await flights.join(`${options.regenerate} ${address.key}`, signal, (shared) => make(source, address, request, { ...making, signal: shared }))
    return { thumbnail: await answer(made, source, address, request, found !== undefined), stepTimes: steps.times }
  }

  /**
   * Looks for what a source gave that was met before, while its version is asked for: one round trip for both. Where it has changed,
   * nobody waits for what is found.
   */
  function lookAhead (request: ThumbnailRequest, signal: AbortSignal): LookAhead | undefined {
    const expected = expectIdentity(request.source, met)
    if (expected === undefined) return undefined
    const address = planAddress(expected, request)
    const findings = look(address, expected, signal)
    findings.catch(() => undefined)
    return { address, findings }
  }

  /** The thumbnail of an earlier request, or the failure of one: a bad file is not read again at every request. */
  async function findEarlier (address: ObjectAddress, source: IdentifiedSource, signal: AbortSignal, ahead: LookAhead | undefined): Promise<Made | undefined> {
    const isExpected = ahead?.address.key === address.key
    const { stored, failure } = await (isExpected ? ahead.findings : look(address, source.identity, signal))
    if (stored !== undefined) return { stored, work: { way: 'cached', ...tallyIdentification(source), packetsDecoded: 0 } }
    if (failure !== undefined) throw failure
    return undefined
  }

  async function look (address: ObjectAddress, identity: SourceIdentity, signal: AbortSignal): Promise<Findings> {
    const [stored, failure] = await Promise.all([
      findStored(store, address, signal),
      readFailure(store, planFailureAddress(identity), signal)
    ])
    return { stored, failure }
  }

  function planAddress (identity: SourceIdentity, { options }: ThumbnailRequest): ObjectAddress {
    return { bucket: parts.outputBucket, key: planOutputKey({ prefix: parts.outputPrefix, source: identity, options }) }
  }

  function planFailureAddress (identity: SourceIdentity): ObjectAddress {
    return { bucket: parts.outputBucket, key: planFailureKey({ prefix: parts.outputPrefix, source: identity }) }
  }

  async function make (source: IdentifiedSource, address: ObjectAddress, { options }: ThumbnailRequest, { steps, signal, note }: Making): Promise<Made> {
    try {
      return await scratch.withDirectory(async (directory) => {
        const claimed = await claimUpload(source, directory)
        return await parts.admission.run(signal, async () => {
          const opened = await openFrameSource(claimed, { store, scratch, directory, signal, maxSourceBytes: parts.maxSourceBytes })
          try {
            const inSlot = <T>(task: () => Promise<T>) => parts.slots.run(signal, task)
            const frame = await parts.takeFrame(opened, options, { signal, directory, steps, inSlot, note })
            const image = await steps.measure('encode', () => inSlot(() => parts.encodeImage(frame, options)))
            signal.throwIfAborted()
            const stored = await steps.measure('store', () => keepImage(store, address, { image, frame, source }, signal))
            return { stored, work: { way: frame.way, ...opened.tally(), packetsDecoded: frame.packetsDecoded } }
          } finally {
            await opened.close()
          }
        })
      })
    } catch (error) {
      await writeFailure(store, planFailureAddress(source.identity), error, signal)
      throw error
    }
  }

  async function answer ({ stored, work }: Made, source: IdentifiedSource, address: ObjectAddress, { options }: ThumbnailRequest, cached: boolean): Promise<Thumbnail> {
    const { url, expiresAt } = await store.presignGet(address, { expiresInSeconds: options.expires })
    const isShortened = expiresAt.getTime() < Date.now() + (options.expires - 1) * 1000
    const { facts } = stored
    return {
      url,
      expiresAt: expiresAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      ...address,
      contentType: stored.contentType,
      width: facts.width,
      height: facts.height,
      bytes: stored.bytes,
      timestamp: facts.timestamp,
      keyFrame: facts.keyFrame,
      cached,
      placeholder: facts.placeholder,
      source: { ...nameSource(source.source), ...facts.source },
      work,
      warnings: isShortened ? [...facts.warnings, URL_SHORTENED] : facts.warnings
    }
  }
}

const URL_SHORTENED = { code: 'url_expires_early', detail: 'The URL dies with the temporary credentials that signed it, before the time that was asked for.' }

/** What it took to learn the version of the source. */
function tallyIdentification (source: IdentifiedSource): ReadTally {
  if (!('reader' in source)) return { bytesRead: 0, requests: 0 }
  const { bytesRead, requests } = source.reader.tally
  return { bytesRead, requests: requests + source.headRequests }
}

function nameSource (source: UploadedSource | StoredSource) {
  return source.kind === 'stored' ? { bucket: source.bucket, key: source.key } : { bucket: null, key: null }
}

function refuseForeignSource ({ source }: ThumbnailRequest, { sourceBuckets, sourcePrefixes }: Pick<MakeThumbnailParts, 'sourceBuckets' | 'sourcePrefixes'>): void {
  if (source.kind !== 'stored') return
  if (!sourceBuckets.includes(source.bucket)) throw new PosterframeError('forbidden_bucket')
  if (sourcePrefixes?.some((prefix) => source.key.startsWith(prefix)) === false) throw new PosterframeError('forbidden_key')
}
