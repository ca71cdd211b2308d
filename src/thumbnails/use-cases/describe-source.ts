import type { StepTimes, Work } from '../../telemetry/work.ts'
import type { DescribeVideo, VideoDescription } from '../../video/extract/describe-video.ts'
import { createSourceAccess, type SourceParts } from '../source-access.ts'
import { sourceLocation } from '../thumbnail-response.ts'
import type { MakeContext, StoredSource, UploadedSource } from '../thumbnail.ts'

/** Dependencies of {@link createDescribeSource}. */
export interface DescribeSourceParts extends SourceParts {
  readonly describeVideo: DescribeVideo
}

/** The response of `GET /v1/videos`; the member names are the HTTP contract. */
export interface SourceDescription extends Omit<VideoDescription, 'mode'> {
  /** Null for an upload, which is not stored. */
  readonly bucket: string | null
  readonly key: string | null
  readonly etag: string
  readonly bytes: number
  readonly work: Pick<Work, 'bytesRead' | 'requests'> & { readonly mode: VideoDescription['mode'] }
}

/** Context of a request, with the versions that the caller already has the description of. */
export interface DescribeContext extends MakeContext {
  /** Returns whether the caller has the description of the version with this ETag; the video is then not read. */
  readonly isKnown: (etag: string) => boolean
}

/** The use case behind `GET /v1/videos`. `video` is undefined if the caller has the description already. */
export type DescribeSource = (
  source: StoredSource | UploadedSource,
  context: DescribeContext
) => Promise<{ readonly etag: string, readonly video: SourceDescription | undefined, readonly stepTimes: StepTimes }>

/** Creates the use case that describes a source: duration, tracks, codecs, display size. */
export function createDescribeSource (parts: DescribeSourceParts): DescribeSource {
  const sources = createSourceAccess(parts)

  return (source, { isKnown, ...context }) =>
    sources.run(source, context, async (job) => {
      const { steps, signal } = job
      const identified = await steps.measure('index', () => sources.identify(source, signal))
      const { etag, bytes, identity } = identified
      if (isKnown(etag)) return { etag, video: undefined, stepTimes: steps.times }
      const failure = await sources.readFailure(identity, signal)
      if (failure !== undefined) throw failure
      return await sources.open(identified, job, async (opened, extractContext) => {
        const { mode, ...info } = await parts.describeVideo(opened, extractContext)
        const video = { ...sourceLocation(source), etag, bytes, ...info, work: { mode, ...opened.stats() } }
        return { etag, video, stepTimes: steps.times }
      })
    })
}
