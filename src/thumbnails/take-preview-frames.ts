import { isPosterframeError, type PosterframeError } from '../errors.ts'
import type { PictureMeasures } from '../video/measure-picture.ts'
import type { Picture } from '../video/picture.ts'
import type { Size } from '../video/scaled-size.ts'
import type { FrameSource, FrameWish, TakeContext, TakenFrame } from '../video/take-frame.ts'
import type { TakeFrames } from '../video/take-frames.ts'
import { chooseBeginnings, planCandidates, planFrameMoments } from './plan-preview.ts'
import type { PreviewOptions } from './preview-options.ts'
import type { Warning, Work } from './thumbnail.ts'

/** What the frames of a preview are found with. */
export interface PreviewTools {
  readonly takeFrames: TakeFrames
  readonly measurePicture: (picture: Picture) => PictureMeasures
  readonly scorePictures: (pictures: readonly PictureMeasures[]) => number[]
}

/** Of which video. */
export interface PreviewWish {
  readonly opened: FrameSource
  readonly options: PreviewOptions
  readonly framesPerSecond: number
  /** Seconds; null where nobody knows. */
  readonly duration: number | null
  readonly context: TakeContext
}

/** The frames in the order that they are shown in, and what they took. */
export interface PreviewFrames {
  readonly pictures: readonly Picture[]
  /** Seconds from the start of the video to each part that is shown. */
  readonly moments: readonly number[]
  readonly warnings: readonly Warning[]
  readonly way: Exclude<Work['way'], 'cached'>
  readonly packetsDecoded: number
}

/** Candidates are judged small. */
const JUDGE_SIZE = { width: 160, height: 160, fit: 'inside' } as const

/**
 * Takes the frames of a preview: of the given span, or of the seconds that are worth showing most by their first key frame.
 *
 * @throws PosterframeError the first failure, where no moment has a frame
 */
export async function takePreviewFrames (tools: PreviewTools, wish: PreviewWish): Promise<PreviewFrames> {
  const { options, framesPerSecond, duration } = wish
  const best = options.kind === 'best' && duration !== null ? await findBest(tools, wish, duration) : undefined
  const beginnings = best?.beginnings ?? [Math.round(options.start * 1e6)]
  const seconds = best === undefined ? options.duration : 1
  const moments = planFrameMoments(beginnings, { seconds, framesPerSecond, durationSeconds: duration })
  const shown = await takeAll(tools, wish, moments, { width: options.width, height: options.width, fit: 'inside' })
  const [failure] = shown.failures
  if (shown.frames.length === 0 && failure !== undefined) throw failure
  return {
    pictures: shown.frames.map(({ picture }) => picture),
    moments: beginnings.map((micros) => micros / 1e6),
    warnings: shown.failures.length === 0 ? [] : [{ code: 'frames_missing', detail: `${shown.failures.length} of ${moments.length} moments have no picture that can be decoded.` }],
    way: shown.frames.some(({ way }) => way === 'general') ? 'general' : 'clip',
    packetsDecoded: [...shown.frames, ...best?.frames ?? []].reduce((sum, frame) => sum + frame.packetsDecoded, 0)
  }
}

async function findBest (tools: PreviewTools, wish: PreviewWish, duration: number) {
  const candidates = planCandidates(wish.options, duration)
  const { frames } = await takeAll(tools, wish, candidates, JUDGE_SIZE, 'keyframe')
  const scores = tools.scorePictures(frames.map(({ picture }) => tools.measurePicture(picture)))
  const ranked = frames.map(({ timestampMicros }, place) => ({ atMicros: timestampMicros, score: scores[place]! }))
  const beginnings = chooseBeginnings(ranked, wish.options.duration, candidates)
  return beginnings.length === 0 ? undefined : { beginnings, frames }
}

async function takeAll ({ takeFrames }: PreviewTools, { opened, context }: PreviewWish, moments: readonly number[], size: Size & Pick<FrameWish, 'fit'>, seek: FrameWish['seek'] = 'exact') {
  const outcomes: Array<TakenFrame | PosterframeError> = []
  const wishes = moments.map((micros) => ({ ...size, timestamp: { kind: 'from-start', micros }, seek, beyond: 'clamp' } as const))
  await takeFrames(opened, wishes, context, async (place, outcome) => { outcomes[place] = outcome })
  return {
    frames: outcomes.filter((outcome): outcome is TakenFrame => !isPosterframeError(outcome)),
    failures: outcomes.filter((outcome): outcome is PosterframeError => isPosterframeError(outcome))
  }
}
