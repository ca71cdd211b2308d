import { NO_RECORDER } from '../../telemetry/recorder.ts'
import type { ThumbnailOptions } from '../../options/thumbnail-options.ts'
import type { ExtractFrame } from '../../video/extract/extract-frame.ts'
import type { Image, ImageOptions } from '../../video/image/encode-image.ts'
import type { ExtractedFrame } from '../../video/media/frame.ts'
import type { SourceParts } from '../source-access.ts'
import { outputKey } from '../stored/output-key.ts'
import { findThumbnail, putImage, type StoredThumbnail } from '../stored/stored-thumbnail.ts'
import { buildThumbnailResponse } from '../thumbnail-response.ts'
import type { MakeThumbnail } from '../thumbnail.ts'
import { createStoredUseCase } from './stored-use-case.ts'

/** Dependencies of {@link createMakeThumbnail}. */
export interface MakeThumbnailParts extends SourceParts {
  readonly extractFrame: ExtractFrame
  readonly encodeImage: (frame: ExtractedFrame, options: ImageOptions) => Promise<Image>
}

type Response = Awaited<ReturnType<typeof buildThumbnailResponse>>

interface Product {
  readonly frame: ExtractedFrame
  readonly image: Image
}

/** Creates the use case that makes one thumbnail, or finds the thumbnail of an earlier request. */
export function createMakeThumbnail (parts: MakeThumbnailParts): MakeThumbnail {
  const { store, extractFrame, encodeImage, recorder = NO_RECORDER } = parts
  const makeStored = createStoredUseCase<ThumbnailOptions, Product, StoredThumbnail, Response>(parts, {
    key: outputKey,
    find: (location, signal) => findThumbnail(store, location, signal),
    async make (opened, { options, context }) {
      const frame = await extractFrame(opened, options, context)
      const image = await context.steps.measure('encode', () => context.inSlot(() => encodeImage(frame, options)))
      return { product: { frame, image }, mode: frame.mode, packetsDecoded: frame.packetsDecoded }
    },
    save: (location, { frame, image }, { source, signal }) =>
      putImage(store, location, { image, frame, source }, signal),
    respond: (result) => buildThumbnailResponse(store, result, result.options.expires)
  })

  return async (request, context) => {
    const { response, stepTimes } = await makeStored(request, context)
    recorder.countThumbnail(response.thumbnail.work.mode)
    return { ...response, stepTimes }
  }
}
