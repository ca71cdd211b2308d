import type { Libav, LibavCodecContext, LibavInput, LibavPacket, LibavStream } from './libav-binding.ts'
import { describeInput } from '../decode-plan.ts'
import type { JobFailure, JobInput } from './libav-messages.ts'
import { isVideoStreamType } from '../unknown-video.ts'

/** AV_NOPTS_VALUE. */
export const NO_TIME = -(2n ** 63n)
/** AVMEDIA_TYPE_VIDEO. */
export const VIDEO = 0
/** AVMEDIA_TYPE_UNKNOWN. */
const UNKNOWN = -1
/** AVMEDIA_TYPE_AUDIO. */
export const AUDIO = 1
/** AV_LOG_INFO, the log level of the command line. */
export const LOG_INFO = 32
/** AV_LOG_ERROR. */
export const LOG_ERROR = 16

const AV_DISPOSITION_DEFAULT = 1
/** AV_DISPOSITION_ATTACHED_PIC: a cover picture. */
const AV_DISPOSITION_ATTACHED_PIC = 0x400
const AVSTREAM_EVENT_FLAG_NEW_PACKETS = 2
/** AVERROR(EAGAIN): more input is needed. */
export const AVERROR_EAGAIN = process.platform === 'darwin' ? -35 : -11
/** AVERROR_EOF: the end of the stream. */
export const AVERROR_EOF = -0x20464f45
const AVERROR_INVALIDDATA = -0x41444e49
/** Codes of errno(3) with the texts of the command line. */
const ERRNO_TEXTS: Readonly<Record<number, string>> = {
  [AVERROR_EAGAIN]: 'Resource temporarily unavailable',
  [-12]: 'Cannot allocate memory',
  [-23]: 'Too many open files in system',
  [-24]: 'Too many open files'
}

/** Thrown when a job cannot be done; the message is for the log only. */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly failure: JobFailure

  constructor (failure: JobFailure, reason: string) {
    super(reason)
    this.failure = failure
  }
}

/**
 * Opens the file with the given demuxer and, if requested, probes it for properties that the container lacks. Only
 * the file, or a slice of it, is allowed, and demuxers open no other files: their defaults forbid it.
 *
 * @throws JobError
 */
export function openInput (libav: Libav, job: JobInput): LibavInput {
  const { demuxer, isProbed, maxPixels } = job
  const { url, protocols } = describeInput(job)
  const format = libav.InputFormat.findInputFormat(demuxer)
  if (format === null) throw new JobError('failed', `no demuxer ${demuxer}`)
  const input = new libav.FormatContext()
  const opened = input.openInputSync(
    url,
    format,
    writeOptions(libav, {
      protocol_whitelist: protocols.join(','),
      scan_all_pmts: '1',
      ...(job.ignoresEdits === true ? { ignore_editlist: '1' } : {})
    })
  )
  if (opened < 0) throw new JobError('failed', `Error opening input: ${describeError(opened)}`)
  if (!isProbed) return input
  const { streams } = input
  // The limit cannot be passed for several tracks; their declared size is enough, because the decoder enforces the
  // limit.
  const isLarge = streams.some(({ codecpar: { width, height } }) => width * height > maxPixels)
  if (streams.length === 1) input.findStreamInfoSync(writeOptions(libav, { max_pixels: String(maxPixels) }))
  else if (!isLarge) input.findStreamInfoSync(null)
  return input
}

/** Texts of the libav errors that the service maps. */
export function describeError (code: number): string {
  if (code === AVERROR_INVALIDDATA) return 'Invalid data found when processing input'
  return ERRNO_TEXTS[code] ?? `error ${code}`
}

/** Returns a dictionary of options. */
export function writeOptions (
  libav: Libav,
  options: Readonly<Record<string, string>>
): InstanceType<Libav['Dictionary']> {
  const dictionary = new libav.Dictionary()
  dictionary.alloc()
  for (const [name, value] of Object.entries(options)) dictionary.set(name, value, 0)
  return dictionary
}

/**
 * Returns the requested video track, or the one that ffmpeg's command line chooses: the largest that is enabled and has
 * packets; a cover picture only if there is nothing else.
 *
 * @throws JobError `no_video_track`; `unsupported_codec` if libav does not know the codec
 */
export function chooseTrack (
  { streams }: LibavInput,
  { demuxer, videoTrack }: Pick<JobInput, 'demuxer' | 'videoTrack'>
): number {
  if (videoTrack !== undefined) {
    const videos = [...streams.keys()].filter((index) => isVideo(streams[index] as LibavStream))
    const requested = videos[videoTrack]
    if (requested !== undefined) return requested
  }
  let chosen = -1
  // A track in a codec that libav does not know has no size.
  let best = -1
  for (const [index, { codecpar, disposition, eventFlags }] of streams.entries()) {
    if (codecpar.codecType !== VIDEO) continue
    const score =
      (disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0
        ? 1
        : codecpar.width * codecpar.height +
          ((eventFlags & AVSTREAM_EVENT_FLAG_NEW_PACKETS) !== 0 ? 1e8 : 0) +
          ((disposition & AV_DISPOSITION_DEFAULT) !== 0 ? 5e6 : 0)
    if (score > best) {
      best = score
      chosen = index
    }
  }
  if (chosen !== -1) return chosen
  const isUnknown = streams.some(
    ({ codecpar: { codecType, codecTag } }) => codecType === UNKNOWN && isVideoStreamType(demuxer, codecTag)
  )
  if (isUnknown) throw new JobError('unsupported_codec', 'the codec of the video stream is not known')
  throw new JobError('no_video_track', 'there is no video stream')
}

/** Returns whether a track is one of video, and no cover picture. */
export function isVideo ({ codecpar: { codecType }, disposition }: LibavStream): boolean {
  return codecType === VIDEO && (disposition & AV_DISPOSITION_ATTACHED_PIC) === 0
}

/**
 * Opens the decoder of a track.
 *
 * @throws JobError `unsupported_codec` if there is none
 */
export function openDecoder (
  libav: Libav,
  { codecpar, timeBase, avgFrameRate }: LibavStream,
  { decoderName, threads, maxPixels }: JobInput,
  keyFramesOnly = false
): LibavCodecContext {
  const codec =
    decoderName === undefined ? libav.Codec.findDecoder(codecpar.codecId) : libav.Codec.findDecoderByName(decoderName)
  if (codec === null) throw new JobError('unsupported_codec', `no decoder of ${libav.avGetCodecName(codecpar.codecId)}`)
  const context = new libav.CodecContext()
  context.allocContext3(codec)
  context.parametersToContext(codecpar)
  context.pktTimebase = timeBase
  context.framerate = avgFrameRate
  const options = {
    threads: String(threads),
    max_pixels: String(maxPixels),
    // As in the command line: by default, decoders round cropping on the left down to an alignment.
    flags: '+unaligned',
    ...(keyFramesOnly ? { skip_frame: 'nokey' } : {})
  }
  for (const [name, value] of Object.entries(options)) libav.Option.set(context, name, value, 0)
  const opened = context.open2Sync(codec, null)
  if (opened < 0) {
    context.freeContext()
    throw new JobError('failed', `Error opening the decoder: ${describeError(opened)}`)
  }
  return context
}

/**
 * Yields packets to the end, except empty ones, which repeat a frame: decoders take them for the end. An error is
 * logged and ends them, as in ffmpeg's command line.
 */
export function * readPackets (libav: Libav, input: LibavInput, packet: LibavPacket): Generator<LibavPacket> {
  const unwrap = findWrapOffset(input)
  for (;;) {
    const read = input.readFrameSync(packet)
    if (read < 0) {
      if (read !== AVERROR_EOF) libav.Log.log(LOG_ERROR, `input: ${describeError(read)}\n`)
      return
    }
    unwrap(packet)
    try {
      if (packet.size > 0) yield packet
    } finally {
      packet.unref()
    }
  }
}

/**
 * Times of 33 bits wrap once a day; packets from before the wrap seem to follow the start of the file by nearly a
 * day.
 */
function findWrapOffset (input: LibavInput): (packet: LibavPacket) => void {
  const { startTime } = input
  const limits = input.streams.map(({ timeBase, ptsWrapBits }) => {
    if (startTime === NO_TIME || ptsWrapBits >= 64 || ptsWrapBits < 2 || timeBase.num === 0) return undefined
    const start = (startTime * BigInt(timeBase.den)) / (1_000_000n * BigInt(timeBase.num))
    return { past: start + 2n ** BigInt(ptsWrapBits - 1), turn: 2n ** BigInt(ptsWrapBits) }
  })
  return (packet) => {
    const limit = limits[packet.streamIndex]
    if (limit === undefined) return
    if (packet.dts !== NO_TIME && packet.dts > limit.past) packet.dts -= limit.turn
    if (packet.pts !== NO_TIME && packet.pts > limit.past) packet.pts -= limit.turn
  }
}
