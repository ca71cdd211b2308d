import { stat } from 'node:fs/promises'
import { PosterframeError, isPosterframeError } from '../errors.ts'
import { ALPHA_DECODERS } from './alpha-decoders.ts'
import { findEditedEnd } from './bmff/edited-end.ts'
import { findMovie } from './bmff/find-movie.ts'
import { type FrameTime, listFrameTimes } from './choose-frame.ts'
import { type Container, detectFileContainer } from './container.ts'
import type { Ffmpeg, Listing, RunContext } from './ffmpeg.ts'
import type { FfmpegInput } from './ffmpeg-arguments.ts'
import { type FrameFacts, turnUpright } from './frame-facts.ts'
import { planTimeline, type Timeline } from './plan-timeline.ts'
import type { FrameSource, TakeContext } from './take-frame.ts'
import { NotPlainError } from './video-index.ts'

/** What the general way may spend. */
export interface GeneralWaySettings {
  readonly ffmpeg: Ffmpeg
  /** How many threads a decode may use now. */
  readonly countThreads: () => number
  readonly maxPixels: number
}

/** A video that lies on scratch as a whole, listed by ffmpeg. */
export interface GeneralVideo {
  readonly container: Container
  /** The file with ffmpeg's first decoder, which knows key frames: those of libvpx call every frame one. */
  readonly file: FfmpegInput
  readonly input: FfmpegInput
  readonly listing: Listing
  /** Of the first frame, stood upright. */
  readonly upright: FrameFacts
  /** In the order of presentation, at least one. */
  readonly frames: readonly FrameTime[]
  readonly timeline: Timeline
}

/**
 * Brings a video to scratch and lists it.
 *
 * @throws PosterframeError as `Ffmpeg`, and `corrupt_video` where no frame is shown
 */
export async function openGeneralVideo (source: FrameSource, settings: GeneralWaySettings, context: TakeContext): Promise<GeneralVideo> {
  const path = await context.steps.measure('fetch', () => source.stage())
  return await context.steps.measure('index', async () => {
    const listed = await listVideo(path, settings, context)
    return { ...listed, timeline: planTimeline(listed, await readEditedEnd(source, listed.container)) }
  })
}

/** Those that flag no key frames, so that it is ffmpeg's parsers, which read the bitstream, that find them. */
const PARSED_CONTAINERS: ReadonlySet<Container['name']> = new Set(['mpegts', 'mpegps'])

async function listVideo (path: string, { ffmpeg, countThreads, maxPixels }: GeneralWaySettings, context: RunContext): Promise<Omit<GeneralVideo, 'timeline'>> {
  const container = await detectFileContainer(path)
  const file: FfmpegInput = { path, container, isProbed: true, threads: countThreads(), maxPixels, bytes: (await stat(path)).size }
  const listing = await ffmpeg.list(file, context)
  const decoder = listing.hasAlpha ? ALPHA_DECODERS[listing.chosen.codec] : undefined
  const input = decoder === undefined || ffmpeg.missing.has(decoder) ? file : { ...file, decoder }
  const [facts] = await ffmpeg.inspect(input, context, 1)
  if (facts === undefined) throw new PosterframeError('corrupt_video')
  const listed = listing.isGuessed ? undefined : listFrameTimes(listing.chosen.packets, { isCut: PARSED_CONTAINERS.has(container.name) })
  const frames = listed ?? await ffmpeg.inspect(file, context)
  if (frames.length === 0) throw new PosterframeError('corrupt_video', { detail: 'The video track shows no frame.' })
  return { container, file, input, listing, upright: turnUpright(facts), frames }
}

/** When the edits of a movie end; `Infinity` where there are none, or they cannot be read. */
async function readEditedEnd ({ bytes }: FrameSource, { startsAtZero }: Container): Promise<number> {
  if (!startsAtZero) return Infinity
  try {
    return findEditedEnd((await findMovie(bytes)).movie)
  } catch (error) {
    if (error instanceof NotPlainError || isPosterframeError(error, 'video_limits_exceeded')) return Infinity
    throw error
  }
}
