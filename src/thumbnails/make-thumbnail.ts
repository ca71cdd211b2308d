import { PosterframeError, isPosterframeError } from '../errors.ts'
import type { Scratch } from '../limits/scratch.ts'
import type { Slots } from '../limits/slots.ts'
import type { ObjectAddress, ObjectStore } from '../storage/object-store.ts'
import type { Image, ImageOptions } from '../video/image.ts'
import type { TakeFrame, TakenFrame } from '../video/take-frame.ts'
import { planFailureKey, planOutputKey, type SourceIdentity } from './output-key.ts'
import { createSingleFlight } from './single-flight.ts'
import { createStepClock, type StepClock } from './step-clock.ts'
import { readFailure, writeFailure } from './failure-memory.ts'
import { findStored, keepImage, type Stored } from './stored-thumbnail.ts'
import type { MakeThumbnail, StoredSource, Thumbnail, ThumbnailRequest, UploadedSource, Work } from './thumbnail.ts'
import { claimUpload, stageSource } from './stage-source.ts'

/** What making thumbnails needs; every part is a port or a bound. */
export interface MakeThumbnailParts {
  readonly store: ObjectStore
  readonly takeFrame: TakeFrame
  readonly encodeImage: (frame: TakenFrame, options: ImageOptions) => Promise<Image>
  readonly slots: Slots
  readonly scratch: Scratch
  readonly outputBucket: string
  readonly outputPrefix: string
  readonly sourceBuckets: readonly string[]
  readonly maxSourceBytes: number
}

/** A source whose version is known, so that everything about it can be named. */
export interface IdentifiedSource {
  readonly source: UploadedSource | StoredSource
  readonly identity: SourceIdentity
  readonly etag: string
  readonly bytes: number
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
  const flights = createSingleFlight<Made>()

  return async (request, { signal }) => {
    const steps = createStepClock()
    refuseForeignBucket(request, parts.sourceBuckets)
    try {
      return await attempt(request, steps, signal)
    } catch (error) {
      if (!isPosterframeError(error, 'source_changed')) throw error
      return await attempt(request, steps, signal)
    }
  }

  async function attempt (request: ThumbnailRequest, steps: StepClock, signal: AbortSignal) {
    const { options } = request
    const source = await steps.measure('index', () => identifySource(request.source, parts.store, signal))
    const address = planAddress(source, request)
    const found = options.regenerate ? undefined : await steps.measure('store', () => findEarlier(address, source, signal))
    const made = found ?? await flights.join(`${options.regenerate} ${address.key}`, signal, (shared) => make(source, address, request, steps, shared))
    return { thumbnail: await answer(made, source, address, request, found !== undefined), stepTimes: steps.times }
  }

  function planAddress ({ identity }: IdentifiedSource, { options }: ThumbnailRequest): ObjectAddress {
    return { bucket: parts.outputBucket, key: planOutputKey({ prefix: parts.outputPrefix, source: identity, options }) }
  }

  function planFailureAddress ({ identity }: IdentifiedSource): ObjectAddress {
    return { bucket: parts.outputBucket, key: planFailureKey({ prefix: parts.outputPrefix, source: identity }) }
  }

  /** The thumbnail of an earlier request, or the failure of one: a bad file is not read again at every request. */
  async function findEarlier (address: ObjectAddress, source: IdentifiedSource, signal: AbortSignal): Promise<Made | undefined> {
    const [stored, failure] = await Promise.all([
      findStored(parts.store, address, signal),
      readFailure(parts.store, planFailureAddress(source), signal)
    ])
    if (stored !== undefined) return { stored, work: { way: 'cached', bytesRead: 0, requests: source.source.kind === 'stored' ? 1 : 0, packetsDecoded: 0 } }
    if (failure !== undefined) throw failure
    return undefined
  }

  async function make (source: IdentifiedSource, address: ObjectAddress, { options }: ThumbnailRequest, steps: StepClock, signal: AbortSignal): Promise<Made> {
    if (source.bytes > parts.maxSourceBytes) throw new PosterframeError('source_too_large', { members: { maxBytes: parts.maxSourceBytes } })
    try {
      return await parts.scratch.withDirectory(async (directory) => {
        const ours = await claimUpload(source, directory)
        return await parts.slots.run(signal, async () => {
          const staged = await steps.measure('fetch', () => stageSource(ours, { store: parts.store, scratch: parts.scratch, directory, signal }))
          const frame = await parts.takeFrame(staged.path, options, { signal, directory, steps })
          const image = await steps.measure('encode', () => parts.encodeImage(frame, options))
          signal.throwIfAborted()
          const stored = await steps.measure('store', () => keepImage(parts.store, address, { image, frame, source }, signal))
          return { stored, work: { way: frame.way, bytesRead: staged.bytesRead, requests: staged.requests, packetsDecoded: frame.packetsDecoded } }
        })
      })
    } catch (error) {
      await writeFailure(parts.store, planFailureAddress(source), error, signal)
      throw error
    }
  }

  async function answer ({ stored, work }: Made, source: IdentifiedSource, address: ObjectAddress, { options }: ThumbnailRequest, cached: boolean): Promise<Thumbnail> {
    const { url, expiresAt } = await parts.store.presignGet(address, { expiresInSeconds: options.expires })
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

function nameSource (source: UploadedSource | StoredSource) {
  return source.kind === 'stored' ? { bucket: source.bucket, key: source.key } : { bucket: null, key: null }
}

function refuseForeignBucket ({ source }: ThumbnailRequest, sourceBuckets: readonly string[]): void {
  if (source.kind === 'stored' && !sourceBuckets.includes(source.bucket)) throw new PosterframeError('forbidden_bucket')
}

async function identifySource (source: UploadedSource | StoredSource, store: ObjectStore, signal: AbortSignal): Promise<IdentifiedSource> {
  if (source.kind === 'upload') {
    return { source, identity: { sha256: source.sha256 }, etag: source.sha256, bytes: source.bytes }
  }
  const head = await store.head(source, { signal })
  if (head === undefined) throw new PosterframeError('source_not_found')
  return { source, identity: { bucket: source.bucket, key: source.key, etag: head.etag }, etag: head.etag, bytes: head.bytes }
}
