import { isPosterframeError, type PosterframeError } from '../errors.ts'
import type { PictureMeasures } from '../video/extract/measure-picture.ts'
import type { Picture } from '../video/media/picture.ts'
import type { Size } from '../video/media/scaled-size.ts'
import type { FrameSource, FrameRequest, ExtractContext } from '../video/extract/extract-frame.ts'
import type { ExtractFrames } from '../video/extract/extract-frames.ts'
import { chooseBeginnings, spreadCandidateTimes, frameTimesOf } from './preview-timing.ts'
import type { PreviewOptions } from '../options/preview-options.ts'
import type { Warning, Work } from '../telemetry/work.ts'
import type { ExtractedFrame } from '../video/media/frame.ts'

/** What the frames of a preview are found with. */
export interface PreviewTools {
  readonly extractFrames: ExtractFrames
  readonly measurePicture: (picture: Picture) => PictureMeasures
  readonly scorePictures: (pictures: readonly PictureMeasures[]) => number[]
}

/** Of which video. */
export interface PreviewRequest {
  readonly opened: FrameSource
  readonly options: PreviewOptions
  readonly framesPerSecond: number
  /** Seconds; null where nobody knows. */
  readonly duration: number | null
  readonly context: ExtractContext
}

/** The frames in the order that they are shown in, and what they took. */
export interface PreviewFrames {
  readonly pictures: readonly Picture[]
  /** Seconds from the start of the video to each part that is shown. */
  readonly moments: readonly number[]
  readonly warnings: readonly Warning[]
  readonly mode: Exclude<Work['mode'], 'cached'>
  readonly packetsDecoded: number
}

/** Candidates are judged small. */
const JUDGE_SIZE = { width: 160, height: 160, fit: 'inside' } as const

/**
 * Takes the frames of a preview: of the given span, or of the seconds that are worth showing most by their first key
 * frame.
 *
 * @throws PosterframeError the first failure, where no moment has a frame
 */
export async function extractPreviewFrames (tools: PreviewTools, request: PreviewRequest): Promise<PreviewFrames> {
  const { options, framesPerSecond, duration } = request
  const best = options.kind === 'best' && duration !== null ? await findBest(tools, request, duration) : undefined
  const beginnings = best?.beginnings ?? [Math.round(options.start * 1e6)]
  const seconds = best === undefined ? options.duration : 1
  const moments = frameTimesOf(beginnings, { seconds, framesPerSecond, durationSeconds: duration })
  const shown = await takeAll(tools, request, moments, { width: options.width, height: options.width, fit: 'inside' })
  const [failure] = shown.failures
  if (shown.frames.length === 0 && failure !== undefined) throw failure
  return {
    pictures: shown.frames.map(({ picture }) => picture),
    moments: beginnings.map((micros) => micros / 1e6),
    warnings:
      shown.failures.length === 0
        ? []
        : [
            {
              code: 'frames_missing',
              detail: `${shown.failures.length} of ${moments.length} moments have no picture that can be decoded.`
            }
          ],
    mode: shown.frames.some(({ mode }) => mode === 'full') ? 'full' : 'ranged',
    packetsDecoded: [...shown.frames, ...(best?.frames ?? [])].reduce((sum, frame) => sum + frame.packetsDecoded, 0)
  }
}

async function findBest (tools: PreviewTools, request: PreviewRequest, duration: number) {
  const candidates = spreadCandidateTimes(request.options, duration)
  const { frames } = await takeAll(tools, request, candidates, JUDGE_SIZE, 'keyframe')
  const scores = tools.scorePictures(frames.map(({ picture }) => tools.measurePicture(picture)))
  const ranked = frames.map(({ timestampMicros }, place) => ({ atMicros: timestampMicros, score: scores[place]! }))
  const beginnings = chooseBeginnings(ranked, request.options.duration, candidates)
  return beginnings.length === 0 ? undefined : { beginnings, frames }
}

async function takeAll (
  { extractFrames }: PreviewTools,
  { opened, context }: PreviewRequest,
  moments: readonly number[],
  size: Size & Pick<FrameRequest, 'fit'>,
  seek: FrameRequest['seek'] = 'exact'
) {
  const outcomes: Array<ExtractedFrame | PosterframeError> = []
  const requests = moments.map(
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
