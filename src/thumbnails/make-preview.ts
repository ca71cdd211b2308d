import { PosterframeError } from '../errors.ts'
import type { ObjectAddress } from '../storage/object-store.ts'
import type { Animation, AnimationOptions } from '../video/animation.ts'
import { NO_RECORDER } from '../telemetry/recorder.ts'
import type { DescribeVideo } from '../video/describe-video.ts'
import type { Picture } from '../video/picture.ts'
import { planScaledSize } from '../video/scaled-size.ts'
import { presign, URL_SHORTENED } from './answer-thumbnail.ts'
import type { IdentifiedSource } from './identify-source.ts'
import { planPreviewKey } from './output-key.ts'
import { planFrameRate } from './plan-preview.ts'
import type { MakePreview, Preview, PreviewFacts } from './preview.ts'
import { describePreview, type PreviewOptions } from './preview-options.ts'
import { createSingleFlight } from './single-flight.ts'
import { createSourceAccess, type Making, type SourceParts, tallyIdentification } from './source-access.ts'
import { findPreview, keepPreview, type StoredPreview } from './stored-preview.ts'
import { type PreviewTools, takePreviewFrames } from './take-preview-frames.ts'
import type { StoredSource } from './thumbnail.ts'

/** What making previews needs. */
export interface MakePreviewParts extends SourceParts, PreviewTools {
  readonly describeVideo: DescribeVideo
  /** Undefined where it is too large with any quality. */
  readonly encodeAnimation: (frames: readonly Picture[], options: AnimationOptions) => Promise<Animation | undefined>
}

interface Made {
  readonly stored: StoredPreview
  readonly work: Preview['work']
}

/** A hundred frames that lie apart, and the index. */
const READ_LIMITS = { maxRequests: 500 }

/** Builds the use case: finds the preview that is there already, else makes it. Equal requests at the same time share one making. */
export function createMakePreview (parts: MakePreviewParts): MakePreview {
  const { store, outputBucket, outputPrefix, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess({ ...parts, readLimits: READ_LIMITS })
  const flights = createSingleFlight<Made>()

  return async (request, context) => {
    const made = await sources.attend(request.source, context, (making) => attempt(request.source, request.options, making))
    recorder.countProduct('preview', made.preview.work.way)
    return made
  }

  async function attempt (wanted: StoredSource, options: PreviewOptions, making: Making) {
    const { steps, signal } = making
    const source = await steps.measure('index', () => sources.identify(wanted, signal))
    const address = { bucket: outputBucket, key: planPreviewKey({ prefix: outputPrefix, source: source.identity, options: describePreview(options) }) }
    const found = options.regenerate ? undefined : await steps.measure('store', () => findEarlier(source, address, signal))
    const made = found ?? await flights.join(`${options.regenerate} ${address.key}`, signal, (shared) => make(source, address, options, { ...making, signal: shared }))
    return { preview: await answer(made, address, options, found !== undefined), stepTimes: steps.times }
  }

  async function findEarlier (source: IdentifiedSource, address: ObjectAddress, signal: AbortSignal): Promise<Made | undefined> {
    const stored = await findPreview(store, address, signal)
    if (stored !== undefined) return { stored, work: { way: 'cached', ...tallyIdentification(source), packetsDecoded: 0 } }
    const failure = await sources.readFailure(source.identity, signal)
    if (failure !== undefined) throw failure
    return undefined
  }

  async function make (source: IdentifiedSource, address: ObjectAddress, options: PreviewOptions, making: Making): Promise<Made> {
    return await sources.open(source, making, async (opened, context) => {
      const { duration, width, height } = await parts.describeVideo(opened, context)
      refuseStart(options, duration)
      const framesPerSecond = planFrameRate(options, planScaledSize({ width, height }, { width: options.width, height: options.width, fit: 'inside' }))
      const { pictures, moments, warnings, way, packetsDecoded } = await takePreviewFrames(parts, { opened, options, framesPerSecond, duration, context })
      const animation = await context.steps.measure('encode', () => context.inSlot(() => parts.encodeAnimation(pictures, { ...options, framesPerSecond })))
      if (animation === undefined) throw refuseSize(options)
      const facts: PreviewFacts = { width: animation.width, height: animation.height, frames: pictures.length, framesPerSecond, moments, quality: animation.quality, warnings }
      context.signal.throwIfAborted()
      const stored = await context.steps.measure('store', () => keepPreview(store, address, animation, facts, context.signal))
      return { stored, work: { way, ...opened.tally(), packetsDecoded } }
    })
  }

  async function answer ({ stored: { bytes, facts }, work }: Made, address: ObjectAddress, options: PreviewOptions, cached: boolean): Promise<Preview> {
    const { url, expiresAt, isShortened } = await presign(store, address, options.expires)
    const warnings = isShortened ? [...facts.warnings, URL_SHORTENED] : facts.warnings
    return { url, expiresAt, ...address, contentType: 'image/webp', bytes, ...facts, cached, work, warnings }
  }
}

function refuseSize ({ maxBytes }: PreviewOptions): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `With no quality is this preview as small as ${maxBytes.toLocaleString('en')} bytes: ask for a smaller width, fewer frames a second, or more bytes.`,
    members: { parameter: 'maxBytes' }
  })
}

function refuseStart ({ kind, start }: PreviewOptions, duration: number | null): void {
  if (kind === 'span' && duration !== null && start >= duration && start > 0) {
    throw new PosterframeError('timestamp_out_of_range', { detail: `The video is ${duration} seconds long.`, members: { duration } })
  }
}
