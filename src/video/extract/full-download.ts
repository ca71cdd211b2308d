import { stat } from 'node:fs/promises'
import { PosterframeError, isPosterframeError } from '../../errors.ts'
import { findEditedEnd } from '../demux/mp4/presented-end.ts'
import { findMovie } from '../demux/mp4/find-movie.ts'
import { type FrameTime, listFrameTimes } from './choose-frame.ts'
import { FIELD_CODECS, FIELD_PROBE_FRAMES, withoutSecondFields } from './field-pairs.ts'
import type { Packet } from '../media/time.ts'
import { detectFileContainer } from '../demux/sniff.ts'
import type { Container } from '../media/container.ts'
import { displaySize, type FrameInfo, isHdr, turnUpright } from '../decode/frame-info.ts'
import { buildTimeline, type Timeline } from './timeline.ts'
import type { FrameSource, ExtractContext } from './extract-frame.ts'
import type { VideoInfo } from '../media/frame.ts'
import { readRotation } from '../decode/predict-frame-info.ts'
import { makeTurnMatrix } from '../decode/turn-filters.ts'
import { RangedExtractionError } from '../media/ranged-extraction-error.ts'
import type { Decoder, Listing, RunContext } from '../decode/decoder.ts'
import { estimatePictureMemory, fitThreads } from '../decode/decode-budget.ts'
import { ALPHA_DECODERS, type DecoderInput } from '../decode/decode-plan.ts'

/** Settings of the full download. */
export interface FullDownloadSettings {
  readonly decoder: Decoder
  /** Returns the number of threads that a decode may use now. */
  readonly countThreads: () => number
  readonly maxPixels: number
}

/** A video on scratch, listed by the decoder. */
export interface DownloadedVideo {
  readonly container: Container
  /** Input with ffmpeg's default decoder, which reports key frames: those of libvpx report every frame as one. */
  readonly file: DecoderInput
  readonly input: DecoderInput
  readonly listing: Listing
  /** Properties of the first frame, upright. */
  readonly upright: FrameInfo
  /** Frames in presentation order, at least one. */
  readonly frames: readonly FrameTime[]
  readonly timeline: Timeline
}

/** Videos that are being used, so that the steps of one request list each once. */
const openVideos = new WeakMap<FullDownloadSettings, WeakMap<FrameSource, Promise<DownloadedVideo>>>()

/**
 * Downloads a video to scratch and lists it, once for each source.
 *
 * @throws PosterframeError as `Decoder`, `corrupt_video` if no frame is shown, and `video_limits_exceeded` if decoding
 * takes too much memory
 */
export async function openDownloadedVideo (
  source: FrameSource,
  settings: FullDownloadSettings,
  context: ExtractContext
): Promise<DownloadedVideo> {
  const videos = openVideos.get(settings) ?? new WeakMap<FrameSource, Promise<DownloadedVideo>>()
  openVideos.set(settings, videos)
  const opening = videos.get(source) ?? downloadVideo(source, settings, context)
  videos.set(source, opening)
  try {
    return await opening
  } catch (error) {
    videos.delete(source)
    throw error
  }
}

async function downloadVideo (
  source: FrameSource,
  settings: FullDownloadSettings,
  context: ExtractContext
): Promise<DownloadedVideo> {
  const path = await context.steps.measure('fetch', () => source.stage())
  return await context.steps.measure('index', async () => {
    const container = await detectFileContainer(path)
    const movie = await readMovie(source, container)
    const listed = await listVideo({ path, container, movie }, settings, context)
    return { ...listed, timeline: buildTimeline(listed, movie?.editedEnd ?? Infinity) }
  })
}

/** A file on scratch, and what its movie box states if it has one that can be read. */
interface StagedVideo {
  readonly path: string
  readonly container: Container
  readonly movie: MovieFacts | undefined
}

/** Containers without key frame flags, for which ffmpeg's parsers find key frames in the bitstream. */
const PARSED_CONTAINERS: ReadonlySet<Container['name']> = new Set(['mpegts', 'mpegps'])

async function listVideo (
  { path, container, movie }: StagedVideo,
  { decoder, countThreads, maxPixels }: FullDownloadSettings,
  context: RunContext
): Promise<Omit<DownloadedVideo, 'timeline'>> {
  // One thread decodes one frame, and the first is all that is needed until the size of frames is known.
  const first: DecoderInput = {
    path,
    container,
    isProbed: true,
    threads: 1,
    maxPixels,
    bytes: (await stat(path)).size
  }
  const listing = await decoder.list(first, context)
  const alphaDecoder = listing.hasAlpha ? ALPHA_DECODERS[listing.chosen.codec] : undefined
  const hasAlphaDecoder = alphaDecoder !== undefined && !decoder.missing.has(alphaDecoder)
  const withDecoder = (input: DecoderInput) => (hasAlphaDecoder ? { ...input, decoderName: alphaDecoder } : input)
  const [info] = await decoder.inspect(withDecoder(first), context, 1)
  if (info === undefined) throw new PosterframeError('corrupt_video')
  const memory = estimatePictureMemory(listing.chosen.codec, info)
  const file = {
    ...first,
    threads: fitThreads({ memory, threads: countThreads(), maxPixels }),
    matrix: chooseMatrix(container, movie, info)
  }
  const listed = container.isElementary === true
    ? undefined
    : listFrameTimes(await listFramePackets(), { isCut: PARSED_CONTAINERS.has(container.name) })
  const frames = listed ?? (await decoder.inspect(file, context)).toSorted((a, b) => a.pts - b.pts)
  if (frames.length === 0) throw new PosterframeError('corrupt_video', { detail: 'The video track shows no frame.' })
  if (container.mayBeStill === true && frames.length === 1) throw stillPictureError()
  return { container, file, input: withDecoder(file), listing, upright: turnUpright(info), frames }

  async function listFramePackets (): Promise<readonly Packet[]> {
    const { codec, packets } = listing.chosen
    if (info?.interlacing === 'progressive' || !FIELD_CODECS.has(codec)) return packets
    return withoutSecondFields(packets, await decoder.inspect(file, context, FIELD_PROBE_FRAMES))
  }
}

function stillPictureError (): PosterframeError {
  return new PosterframeError('unsupported_media', {
    detail: 'The file is a still picture. Send a video, or an animation of two or more frames.'
  })
}

/** Returns the properties of a video, as its listing and its first frame state them. */
export function describeDownload ({ container, listing, upright, timeline }: DownloadedVideo): VideoInfo {
  return {
    duration: timeline.durationMicros / 1e6,
    container: container.name,
    codec: listing.chosen.codec,
    ...displaySize(upright),
    rotation: upright.rotation,
    hdr: isHdr(upright)
  }
}

/** What a movie box states that the decoder does not report. */
interface MovieFacts {
  /** End of the edits in microseconds; `Infinity` if there are none. */
  readonly editedEnd: number
  /** Display matrices of the video tracks. */
  readonly matrices: ReadonlyArray<readonly number[]>
}

/** Reads the movie box; undefined if the container has none or it cannot be read. */
async function readMovie ({ reader }: FrameSource, { startsAtZero }: Container): Promise<MovieFacts | undefined> {
  if (!startsAtZero) return undefined
  try {
    const { movie } = await findMovie(reader)
    const matrices = movie.tracks.filter(({ handler }) => handler === 'vide').map(({ matrix }) => matrix)
    return { editedEnd: findEditedEnd(movie), matrices }
  } catch (error) {
    if (error instanceof RangedExtractionError || isPosterframeError(error, 'video_limits_exceeded')) return undefined
    throw error
  }
}

/**
 * Returns the display matrix of the container, which alone rotates the frames, whatever their SEI messages say: of a
 * movie, that of the tracks with the rotation that the decoder reports, which does not report mirroring. Undefined if
 * that is ambiguous.
 */
function chooseMatrix (
  { startsAtZero }: Container,
  movie: MovieFacts | undefined,
  { rotation }: FrameInfo
): readonly number[] | undefined {
  if (!startsAtZero) return makeTurnMatrix(rotation)
  const [matrix, ...others] = movie?.matrices.filter((each) => readRotation(each) === rotation) ?? []
  return others.some((other) => String(other) !== String(matrix)) ? undefined : matrix
}
