import type { PosterframeError } from '../../errors.ts'
import type { ObjectAddress } from '../../store/object-store.ts'
import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { Image, ImageOptions } from '../../video/image/encode-image.ts'
import type { ExtractFrame } from '../../video/extract/extract-frame.ts'
import { answerThumbnail } from '../thumbnail-response.ts'
import { outputKey } from '../stored/output-key.ts'
import { createSingleFlight } from '../single-flight.ts'
import { createSourceAccess, type JobContext, type SourceParts, identificationStats } from '../source-access.ts'
import { findStored, putImage, type Stored } from '../stored/stored-thumbnail.ts'
import type { MakeThumbnail, ThumbnailRequest } from '../thumbnail.ts'
import type { Work } from '../../telemetry/work.ts'
import type { ExtractedFrame } from '../../video/media/frame.ts'
import type { SourceIdentity, IdentifiedSource } from '../source-identity.ts'

/** What making thumbnails needs; every part is a port or a bound. */
export interface MakeThumbnailParts extends SourceParts {
  readonly extractFrame: ExtractFrame
  readonly encodeImage: (frame: ExtractedFrame, options: ImageOptions) => Promise<Image>
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
  const { store, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess(parts)
  const flights = createSingleFlight<Made>()

  return async (request, context) => {
    const made = await sources.run(request.source, context, (job) => attempt(request, job))
    recorder.countThumbnail(made.thumbnail.work.mode)
    return made
  }

  async function attempt (request: ThumbnailRequest, job: JobContext) {
    const { options } = request
    const { steps, signal } = job
    const ahead = options.regenerate ? undefined : lookAhead(request, signal)
    const source = await steps.measure('index', () => sources.identify(request.source, signal))
    const address = outputAddress(source.identity, request)
    const found = options.regenerate
      ? undefined
      : await steps.measure('store', () => findEarlier(address, source, signal, ahead))
    const made =
      found ??
      (await flights.join(`${options.regenerate} ${address.key}`, signal, (shared) =>
        make(source, address, request, { ...job, signal: shared })
      ))
    const thumbnail = await answerThumbnail(
      store,
      { ...made, address, source: source.source, cached: found !== undefined },
      options.expires
    )
    return { thumbnail, stepTimes: steps.times }
  }

  /**
   * Looks for what a source gave that was met before, while its version is asked for: one round trip for both. Where
   * it has changed, nobody waits for what is found.
   */
  function lookAhead (request: ThumbnailRequest, signal: AbortSignal): LookAhead | undefined {
    const expected = sources.peek(request.source)
    if (expected === undefined) return undefined
    const address = outputAddress(expected, request)
    const findings = look(address, expected, signal)
    findings.catch(() => undefined)
    return { address, findings }
  }

  /** The thumbnail of an earlier request, or the failure of one: a bad file is not read again at every request. */
  async function findEarlier (
    address: ObjectAddress,
    source: IdentifiedSource,
    signal: AbortSignal,
    ahead: LookAhead | undefined
  ): Promise<Made | undefined> {
    const isExpected = ahead?.address.key === address.key
    const { stored, failure } = await (isExpected ? ahead.findings : look(address, source.identity, signal))
    if (stored !== undefined) {
      return { stored, work: { mode: 'cached', ...identificationStats(source), packetsDecoded: 0 } }
    }
    if (failure !== undefined) throw failure
    return undefined
  }

  async function look (address: ObjectAddress, identity: SourceIdentity, signal: AbortSignal): Promise<Findings> {
    const [stored, failure] = await Promise.all([
      findStored(store, address, signal),
      sources.readFailure(identity, signal)
    ])
    return { stored, failure }
  }

  function outputAddress (identity: SourceIdentity, { options }: ThumbnailRequest): ObjectAddress {
    return { bucket: parts.outputBucket, key: outputKey({ prefix: parts.outputPrefix, source: identity, options }) }
  }

  async function make (
    source: IdentifiedSource,
    address: ObjectAddress,
    { options }: ThumbnailRequest,
    job: JobContext
  ): Promise<Made> {
    const { steps, signal } = job
    return await sources.open(source, job, async (opened, context) => {
      const frame = await parts.extractFrame(opened, options, context)
      const image = await steps.measure('encode', () => context.inSlot(() => parts.encodeImage(frame, options)))
      signal.throwIfAborted()
      const stored = await steps.measure('store', () => putImage(store, address, { image, frame, source }, signal))
      return { stored, work: { mode: frame.mode, ...opened.stats(), packetsDecoded: frame.packetsDecoded } }
    })
  }
}
