import { PosterframeError } from '../../errors.ts'
import type { ObjectAddress } from '../../store/object-store.ts'
import type { Animation, AnimationOptions } from '../../video/image/animation.ts'
import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { DescribeVideo } from '../../video/extract/describe-video.ts'
import type { Picture } from '../../video/media/picture.ts'
import { computeScaledSize } from '../../video/media/scaled-size.ts'
import { presign, URL_SHORTENED } from '../thumbnail-response.ts'
import { previewKey } from '../stored/output-key.ts'
import { chooseFrameRate } from '../preview-timing.ts'
import type { MakePreview, Preview, PreviewInfo } from '../preview.ts'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import { describePreview, type PreviewOptions } from '../../options/preview-options.ts'
import { createSingleFlight } from '../single-flight.ts'
import { createSourceAccess, type JobContext, type SourceParts, identificationStats } from '../source-access.ts'
import { findPreview, putPreview, type StoredPreview } from '../stored/stored-preview.ts'
import { type PreviewTools, extractPreviewFrames } from '../extract-preview-frames.ts'
import type { StoredSource } from '../thumbnail.ts'
import type { IdentifiedSource } from '../source-identity.ts'

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

/**
 * Builds the use case: finds the preview that is there already, else makes it. Equal requests at the same time share
 * one making.
 */
export function createMakePreview (parts: MakePreviewParts): MakePreview {
  const { store, outputBucket, outputPrefix, recorder = NO_RECORDER } = parts
  const sources = createSourceAccess({ ...parts, readLimits: READ_LIMITS })
  const flights = createSingleFlight<Made>()

  return async (request, context) => {
    const made = await sources.run(request.source, context, (job) => attempt(request.source, request.options, job))
    recorder.countProduct('preview', made.preview.work.mode)
    return made
  }

  async function attempt (wanted: StoredSource, options: PreviewOptions, job: JobContext) {
    const { steps, signal } = job
    const source = await steps.measure('index', () => sources.identify(wanted, signal))
    const address = {
      bucket: outputBucket,
      key: previewKey({
        prefix: outputPrefix,
        source: source.identity,
        options: describePreview(options),
        format: options.format
      })
    }
    const found = options.regenerate
      ? undefined
      : await steps.measure('store', () => findEarlier(source, address, signal))
    const made =
      found ??
      (await flights.join(`${options.regenerate} ${address.key}`, signal, (shared) =>
        make(source, address, options, { ...job, signal: shared })
      ))
    return { preview: await answer(made, address, options, found !== undefined), stepTimes: steps.times }
  }

  async function findEarlier (
    source: IdentifiedSource,
    address: ObjectAddress,
    signal: AbortSignal
  ): Promise<Made | undefined> {
    const stored = await findPreview(store, address, signal)
    if (stored !== undefined) {
      return { stored, work: { mode: 'cached', ...identificationStats(source), packetsDecoded: 0 } }
    }
    const failure = await sources.readFailure(source.identity, signal)
    if (failure !== undefined) throw failure
    return undefined
  }

  async function make (
    source: IdentifiedSource,
    address: ObjectAddress,
    options: PreviewOptions,
    job: JobContext
  ): Promise<Made> {
    return await sources.open(source, job, async (opened, context) => {
      const { duration, width, height } = await parts.describeVideo(opened, context)
      assertStartWithinVideo(options, duration)
      const framesPerSecond = chooseFrameRate(
        options,
        computeScaledSize({ width, height }, { width: options.width, height: options.width, fit: 'inside' })
      )
      const { pictures, moments, warnings, mode, packetsDecoded } = await extractPreviewFrames(parts, {
        opened,
        options,
        framesPerSecond,
        duration,
        context
      })
      const animation = await context.steps.measure('encode', () =>
        context.inSlot(() => parts.encodeAnimation(pictures, { ...options, framesPerSecond }))
      )
      if (animation === undefined) throw refuseSize(options)
      const info: PreviewInfo = {
        width: animation.width,
        height: animation.height,
        frames: pictures.length,
        framesPerSecond,
        moments,
        quality: animation.quality,
        warnings
      }
      context.signal.throwIfAborted()
      const stored = await context.steps.measure('store', () =>
        putPreview(store, address, animation, info, context.signal)
      )
      return { stored, work: { mode, ...opened.stats(), packetsDecoded } }
    })
  }

  async function answer (
    { stored: { bytes, info }, work }: Made,
    address: ObjectAddress,
    options: PreviewOptions,
    cached: boolean
  ): Promise<Preview> {
    const { url, expiresAt, isShortened } = await presign(store, address, options.expires)
    const warnings = isShortened ? [...info.warnings, URL_SHORTENED] : info.warnings
    const contentType = PICTURE_FORMATS[options.format].mediaType
    return { url, expiresAt, ...address, contentType, bytes, ...info, cached, work, warnings }
  }
}

function refuseSize ({ maxBytes }: PreviewOptions): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `With no quality is this preview as small as ${maxBytes.toLocaleString('en')} bytes: ask for a smaller width, fewer frames a second, or more bytes.`,
    members: { parameter: 'maxBytes' }
  })
}

function assertStartWithinVideo ({ kind, start }: PreviewOptions, duration: number | null): void {
  if (kind === 'span' && duration !== null && start >= duration && start > 0) {
    throw new PosterframeError('timestamp_out_of_range', {
      detail: `The video is ${duration} seconds long.`,
      members: { duration }
    })
  }
}
