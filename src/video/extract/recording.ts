import { PosterframeError } from '../../errors.ts'
import { type FrameTime, listFrameTimes } from './choose-frame.ts'
import type { Container } from '../media/container.ts'
import type { Packet } from '../media/time.ts'
import { ALPHA_DECODERS, type DecoderInput } from '../decode/decode-plan.ts'
import { estimatePictureMemory, fitThreads } from '../decode/decode-budget.ts'
import type { Decoder, Listing, RunContext } from '../decode/decoder.ts'
import { type FrameInfo, turnUpright } from '../decode/frame-info.ts'
import { readRotation } from '../decode/predict-frame-info.ts'
import { makeTurnMatrix } from '../decode/turn-filters.ts'
import { FIELD_CODECS, FIELD_PROBE_FRAMES, withoutSecondFields } from './field-pairs.ts'
import type { Timeline } from './timeline.ts'

/** Settings of the full download. */
export interface FullDownloadSettings {
  readonly decoder: Decoder
  /** Returns the number of threads that a decode may use now. */
  readonly countThreads: () => number
  readonly maxPixels: number
}

/** A recording on scratch, listed by the decoder. */
export interface Recording {
  readonly container: Container
  /** Input with ffmpeg's default decoder, which reports key frames: those of libvpx report every frame as one. */
  readonly file: DecoderInput
  readonly input: DecoderInput
  readonly listing: Listing
  /** Properties of the first frame, upright. */
  readonly upright: FrameInfo
  /** Frames in presentation order, at least one. */
  readonly frames: readonly FrameTime[]
  /** Its place in the video: the clock is that of the video, the duration its own. */
  readonly timeline: Timeline
}

/** A file on scratch, or a slice of one, with a single thread: one thread decodes one frame. */
export interface VideoFile extends DecoderInput {
  readonly container: Container
}

/** A file, its listing, and the display matrices of the video tracks if its container is a movie. */
export interface ListedFile {
  readonly file: VideoFile
  readonly listing: Listing
  readonly matrices: ReadonlyArray<readonly number[]>
}

/** Containers without key frame flags, for which ffmpeg's parsers find key frames in the bitstream. */
const PARSED_CONTAINERS: ReadonlySet<Container['name']> = new Set(['mpegts', 'mpegps'])

/**
 * Reads the properties and the frames of a listed recording.
 *
 * @throws PosterframeError as `Decoder`, `corrupt_video` if no frame is shown, `video_limits_exceeded` if decoding
 * takes too much memory, and `unsupported_media` for a still picture
 */
export async function readRecording (
  { file: first, listing, matrices }: ListedFile,
  { decoder, countThreads, maxPixels }: FullDownloadSettings,
  context: RunContext
): Promise<Omit<Recording, 'timeline'>> {
  const { container } = first
  const alphaDecoder = listing.hasAlpha ? ALPHA_DECODERS[listing.chosen.codec] : undefined
  const hasAlphaDecoder = alphaDecoder !== undefined && !decoder.missing.has(alphaDecoder)
  const withDecoder = (input: DecoderInput) => (hasAlphaDecoder ? { ...input, decoderName: alphaDecoder } : input)
  const [info] = await decoder.inspect(withDecoder(first), context, 1)
  if (info === undefined) throw new PosterframeError('corrupt_video')
  const memory = estimatePictureMemory(listing.chosen.codec, info)
  const file = {
    ...first,
    threads: fitThreads({ memory, threads: countThreads(), maxPixels }),
    matrix: chooseMatrix(container, matrices, info)
  }
  const listed =
    container.isElementary === true
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

/**
 * Returns the display matrix of the container, which alone rotates the frames, whatever their SEI messages say: of a
 * movie, that of the tracks with the rotation that the decoder reports, which does not report mirroring. Undefined if
 * that is ambiguous.
 */
function chooseMatrix (
  { startsAtZero }: Container,
  matrices: ReadonlyArray<readonly number[]>,
  { rotation }: FrameInfo
): readonly number[] | undefined {
  if (!startsAtZero) return makeTurnMatrix(rotation)
  const [matrix, ...others] = matrices.filter((each) => readRotation(each) === rotation)
  return others.some((other) => String(other) !== String(matrix)) ? undefined : matrix
}
