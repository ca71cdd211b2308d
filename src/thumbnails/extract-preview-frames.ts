import { isPosterframeError, type PosterframeError } from '../errors.ts'
import type { PreviewOptions } from '../options/preview-options.ts'
import type { Warning, Work } from '../telemetry/work.ts'
import type { ExtractContext, FrameRequest, FrameSource } from '../video/extract/extract-frame.ts'
import type { ExtractFrames } from '../video/extract/extract-frames.ts'
import type { PictureMeasures } from '../video/extract/measure-picture.ts'
import type { ExtractedFrame } from '../video/media/frame.ts'
import type { Picture } from '../video/media/picture.ts'
import type { Size } from '../video/media/scaled-size.ts'
import { chooseStartTimes, frameTimesOf, spreadCandidateTimes } from './preview-timing.ts'

/** Dependencies of {@link extractPreviewFrames}. */
export interface PreviewTools {
  readonly extractFrames: ExtractFrames
  readonly measurePicture: (picture: Picture) => PictureMeasures
  readonly scorePictures: (pictures: readonly PictureMeasures[]) => number[]
}

/** The source and the options of a preview. */
export interface PreviewRequest {
  readonly opened: FrameSource
  readonly options: PreviewOptions
  readonly framesPerSecond: number
  /** Seconds; null if unknown. */
  readonly duration: number | null
  readonly context: ExtractContext
}

/** Frames of a preview in their order, and the work that they took. */
export interface PreviewFrames {
  readonly pictures: readonly Picture[]
  /** Seconds from the start of the video to each part that the preview shows. */
  readonly moments: readonly number[]
  readonly warnings: readonly Warning[]
  readonly mode: Exclude<Work['mode'], 'cached'>
  readonly packetsDecoded: number
}

/** Size at which candidates are scored. */
const CANDIDATE_SIZE = { width: 160, height: 160, fit: 'inside' } as const

/**
 * Extracts the frames of a preview: of the requested span, or of the best seconds of the video, which are scored by
 * their first key frames.
 *
 * @throws PosterframeError the first failure, if no frame can be decoded
 */
export async function extractPreviewFrames (tools: PreviewTools, request: PreviewRequest): Promise<PreviewFrames> {
  const { options, framesPerSecond, duration } = request
  const best = options.kind === 'best' && duration !== null ? await findBest(tools, request, duration) : undefined
  const startTimes = best?.startTimes ?? [Math.round(options.start * 1e6)]
  const seconds = best === undefined ? options.duration : 1
  const times = frameTimesOf(startTimes, { seconds, framesPerSecond, durationSeconds: duration })
  const size = { width: options.width, height: options.width, fit: 'inside' } as const
  const { frames, failures } = await extractAll(tools, request, times, size)
  const [failure] = failures
  if (frames.length === 0 && failure !== undefined) throw failure
  return {
    pictures: frames.map(({ picture }) => picture),
    moments: startTimes.map((micros) => micros / 1e6),
    warnings:
      failures.length === 0
        ? []
        : [
            {
              code: 'frames_missing',
              detail: `${failures.length} of ${times.length} timestamps have no frame that can be decoded.`
            }
          ],
    mode: frames.some(({ mode }) => mode === 'full') ? 'full' : 'ranged',
    packetsDecoded: [...frames, ...(best?.frames ?? [])].reduce((sum, frame) => sum + frame.packetsDecoded, 0)
  }
}

async function findBest (tools: PreviewTools, request: PreviewRequest, duration: number) {
  const candidateTimes = spreadCandidateTimes(request.options, duration)
  const { frames } = await extractAll(tools, request, candidateTimes, CANDIDATE_SIZE, 'keyframe')
  const scores = tools.scorePictures(frames.map(({ picture }) => tools.measurePicture(picture)))
  const scored = frames.map(({ timestampMicros }, place) => ({ micros: timestampMicros, score: scores[place]! }))
  const startTimes = chooseStartTimes(scored, request.options.duration, candidateTimes)
  return startTimes.length === 0 ? undefined : { startTimes, frames }
}

async function extractAll (
  { extractFrames }: PreviewTools,
  { opened, context }: PreviewRequest,
  timesMicros: readonly number[],
  size: Size & Pick<FrameRequest, 'fit'>,
  seek: FrameRequest['seek'] = 'exact'
) {
  const outcomes: Array<ExtractedFrame | PosterframeError> = []
  const requests = timesMicros.map(
    (micros) => ({ ...size, timestamp: { kind: 'from-start', micros }, seek, beyond: 'clamp' }) as const
  )
  await extractFrames(opened, requests, context, async (place, outcome) => {
    outcomes[place] = outcome
  })
  return {
    frames: outcomes.filter((outcome): outcome is ExtractedFrame => !isPosterframeError(outcome)),
    failures: outcomes.filter((outcome): outcome is PosterframeError => isPosterframeError(outcome))
  }
}
