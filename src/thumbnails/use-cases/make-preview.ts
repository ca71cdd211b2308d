import { PosterframeError } from '../../errors.ts'
import { PICTURE_FORMATS } from '../../options/formats.ts'
import { describePreview, type PreviewOptions } from '../../options/preview-options.ts'
import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { DescribeVideo } from '../../video/extract/describe-video.ts'
import type { Animation, AnimationOptions } from '../../video/image/animation.ts'
import type { Picture } from '../../video/media/picture.ts'
import { computeScaledSize } from '../../video/media/scaled-size.ts'
import { extractPreviewFrames, type PreviewTools } from '../extract-preview-frames.ts'
import { chooseFrameRate } from '../preview-timing.ts'
import type { MakePreview, Preview, PreviewInfo } from '../preview.ts'
import type { SourceParts } from '../source-access.ts'
import { previewKey } from '../stored/output-key.ts'
import { findPreview, putPreview, type StoredPreview } from '../stored/stored-preview.ts'
import { presign, URL_SHORTENED } from '../thumbnail-response.ts'
import { createStoredUseCase } from './stored-use-case.ts'

/** Dependencies of {@link createMakePreview}. */
export interface MakePreviewParts extends SourceParts, PreviewTools {
  readonly describeVideo: DescribeVideo
  /** Resolves to undefined if the animation exceeds `maxBytes` at every quality. */
  readonly encodeAnimation: (frames: readonly Picture[], options: AnimationOptions) => Promise<Animation | undefined>
}

interface Product {
  readonly animation: Animation
  readonly info: PreviewInfo
}

/** Enough for a hundred frames that are far apart, and the index. */
const READ_LIMITS = { maxRequests: 500 }

/** Creates the use case that makes an animated preview, or finds the preview of an earlier request. */
export function createMakePreview (parts: MakePreviewParts): MakePreview {
  const { store, describeVideo, encodeAnimation, recorder = NO_RECORDER } = parts
  const makeStored = createStoredUseCase<PreviewOptions, Product, StoredPreview, Preview>(
    { ...parts, readLimits: READ_LIMITS },
    {
      key: ({ prefix, source, options }) =>
        previewKey({ prefix, source, options: describePreview(options), format: options.format }),
      find: (location, signal) => findPreview(store, location, signal),
      async make (opened, { options, context }) {
        const { duration, ...display } = await describeVideo(opened, context)
        assertStartWithinVideo(options, duration)
        const { width } = options
        const size = computeScaledSize(display, { width, height: width, fit: 'inside' })
        const framesPerSecond = chooseFrameRate(options, size)
        const request = { opened, options, framesPerSecond, duration, context }
        const { pictures, moments, warnings, mode, packetsDecoded } = await extractPreviewFrames(parts, request)
        const animation = await context.steps.measure('encode', () =>
          context.inSlot(() => encodeAnimation(pictures, { ...options, framesPerSecond }))
        )
        if (animation === undefined) throw sizeError(options)
        const info = { ...describeAnimation(animation), frames: pictures.length, framesPerSecond, moments, warnings }
        return { product: { animation, info }, mode, packetsDecoded }
      },
      save: (location, { animation, info }, { signal }) => putPreview(store, location, animation, info, signal),
      async respond ({ stored: { bytes, info }, options, location, work, cached }) {
        const { url, expiresAt, isShortened } = await presign(store, location, options.expires)
        const contentType = PICTURE_FORMATS[options.format].mediaType
        const warnings = isShortened ? [...info.warnings, URL_SHORTENED] : info.warnings
        return { url, expiresAt, ...location, contentType, bytes, ...info, cached, work, warnings }
      }
    }
  )

  return async (request, context) => {
    const { response: preview, stepTimes } = await makeStored(request, context)
    recorder.countProduct('preview', preview.work.mode)
    return { preview, stepTimes }
  }
}

function describeAnimation ({ width, height, quality }: Animation): Pick<PreviewInfo, 'width' | 'height' | 'quality'> {
  return { width, height, quality }
}

function sizeError ({ maxBytes }: PreviewOptions): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `The preview exceeds ${maxBytes.toLocaleString('en')} bytes at every quality. Use a smaller 'width', a lower 'framesPerSecond' or a larger 'maxBytes'.`,
    members: { parameter: 'maxBytes' }
  })
}

function assertStartWithinVideo ({ kind, start }: PreviewOptions, duration: number | null): void {
  if (kind !== 'span' || duration === null || start === 0 || start < duration) return
  throw new PosterframeError('timestamp_out_of_range', {
    detail: `'start' is ${start} s, and the video ends at ${duration} s. Use a 'start' before the end.`,
    members: { duration }
  })
}
