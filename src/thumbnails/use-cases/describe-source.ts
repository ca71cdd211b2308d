import type { DescribeVideo, VideoDescription } from '../../video/extract/describe-video.ts'
import { nameSource } from '../thumbnail-response.ts'
import { createSourceAccess, type SourceParts } from '../source-access.ts'
import type { MakeContext, StoredSource, UploadedSource } from '../thumbnail.ts'
import type { StepTimes, Work } from '../../telemetry/work.ts'

/** What describing a source needs. */
export interface DescribeSourceParts extends SourceParts {
  readonly describeVideo: DescribeVideo
}

/** The answer of `GET /v1/videos`; the member names are the HTTP contract. */
export interface SourceDescription extends Omit<VideoDescription, 'mode'> {
  /** Null for an upload, which is not kept. */
  readonly bucket: string | null
  readonly key: string | null
  readonly etag: string
  readonly bytes: number
  readonly work: Pick<Work, 'bytesRead' | 'requests'> & { readonly mode: VideoDescription['mode'] }
}

/** Who asks, and what they have already. */
export interface DescribeContext extends MakeContext {
  /** Whether what is known of the version with this entity tag is known to the caller too: then nothing is read. */
  readonly isKnown: (etag: string) => boolean
}

/** The use case behind `GET /v1/videos`: says what a video is. `video` is undefined for a caller who knows. */
export type DescribeSource = (
  source: StoredSource | UploadedSource,
  context: DescribeContext
) => Promise<{ readonly etag: string, readonly video: SourceDescription | undefined, readonly stepTimes: StepTimes }>

/** Builds the use case. */
export function createDescribeSource (parts: DescribeSourceParts): DescribeSource {
  const sources = createSourceAccess(parts)

  return async (source, { isKnown, ...context }) => {
    return await sources.run(source, context, async (job) => {
      const { signal } = job
      const identified = await job.steps.measure('index', () => sources.identify(source, signal))
      const { etag, bytes, identity } = identified
      if (isKnown(etag)) return { etag, video: undefined, stepTimes: job.steps.times }
      const failure = await sources.readFailure(identity, signal)
      if (failure !== undefined) throw failure
      return await sources.open(identified, job, async (opened, context) => {
        const { mode, ...info } = await parts.describeVideo(opened, context)
        const video = { ...nameSource(source), etag, bytes, ...info, work: { mode, ...opened.stats() } }
        return { etag, video, stepTimes: job.steps.times }
      })
    })
  }
}
