import type {
  Libav,
  LibavCodecContext,
  LibavFrame,
  LibavInput,
  LibavPacket,
  LibavStream,
  Rational
} from './libav-binding.ts'
import { AVERROR_EAGAIN, AVERROR_EOF, describeError, JobError, LOG_ERROR, NO_TIME, openDecoder } from './open-input.ts'
import { readPixelAspect } from './stream-info.ts'
import { readTrack } from './read-track.ts'
import { type JobInput, PACKET_KEY } from './libav-messages.ts'

const AV_FRAME_FLAG_CORRUPT = 1
const AV_FRAME_FLAG_KEY = 2

/** Options of a decode. */
export interface DecodeRequest {
  readonly keyFramesOnly: boolean
  /** Seek position on the clock of the container; null: the beginning. */
  readonly seekSeconds: number | null
}

/**
 * Decodes the chosen track and yields each frame in presentation order. The time of a frame is that of its packet, or
 * libav's best estimate if it has none, its pixel aspect ratio that of the container if it has one. The frame is the
 * same object each time, valid until the next one.
 *
 * @throws JobError if there is no decoder, or more than two thirds of the packets gave no frame
 */
export async function * decodeFrames (
  libav: Libav,
  input: LibavInput,
  job: JobInput & { readonly chosen: number },
  request: DecodeRequest
): AsyncGenerator<LibavFrame> {
  const stream = input.streams[job.chosen] as LibavStream
  const decoder = openDecoder(libav, stream, job, request.keyFramesOnly)
  const packet = new libav.Packet()
  const frame = new libav.Frame()
  packet.alloc()
  frame.alloc()
  try {
    const packets = await readTrack(libav, input, job, { packet, seekSeconds: request.seekSeconds })
    yield * drainPackets(libav, {
      decoder,
      frame,
      pixelAspect: readPixelAspect(stream, job.demuxer),
      packets,
      saysNoKeys: job.decoderName?.startsWith('libvpx') ?? false
    })
  } finally {
    packet.free()
    frame.free()
    decoder.freeContext()
  }
}

interface Decoding {
  readonly decoder: LibavCodecContext
  readonly frame: LibavFrame
  /** That of the container; `num` is 0 if it states none. */
  readonly pixelAspect: Rational
  readonly packets: Iterable<LibavPacket>
  /** Returns whether a decoder outputs a frame for each packet at once without marking key frames. */
  readonly saysNoKeys: boolean
}

function * drainPackets (
  libav: Libav,
  { decoder, frame, pixelAspect, packets, saysNoKeys }: Decoding
): Generator<LibavFrame> {
  const counts = { good: 0, bad: 0 }
  const settle = frameTimestamps(pixelAspect)
  let isKey = false
  function * receive (): Generator<LibavFrame> {
    for (;;) {
      const received = decoder.receiveFrameSync(frame)
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return
      if (received < 0) {
        counts.bad++
        libav.Log.log(LOG_ERROR, `Error while decoding: ${describeError(received)}\n`)
        continue
      }
      counts.good++
      if (frame.decodeErrorFlags !== 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0) {
        libav.Log.log(LOG_ERROR, 'corrupt decoded frame\n')
      }
      settle(frame)
      if (saysNoKeys && isKey) frame.flags |= AV_FRAME_FLAG_KEY
      yield frame
      frame.unref()
    }
  }
  for (const packet of packets) {
    isKey = (packet.flags & PACKET_KEY) !== 0
    const sent = decoder.sendPacketSync(packet)
    if (sent < 0) {
      counts.bad++
      libav.Log.log(LOG_ERROR, `Error submitting packet to decoder: ${describeError(sent)}\n`)
    }
    yield * receive()
  }
  decoder.sendPacketSync(null)
  yield * receive()
  if (counts.bad * 2 > counts.good * 4) throw new JobError('failed', 'Error while decoding: most packets gave nothing')
}

/**
 * Sets the time of a frame, or the end of the frame before if none is known, and the pixel aspect ratio of the
 * container.
 */
function frameTimestamps (pixelAspect: Rational): (frame: LibavFrame) => void {
  let next = 0n
  let previous: bigint | undefined
  return (frame) => {
    // The best estimate falls back to decode times once presentation times have gone back, for all that follows.
    const time = frame.pts === NO_TIME ? frame.bestEffortTimestamp : frame.pts
    const pts = time === NO_TIME ? next : time
    const apart = previous === undefined || pts <= previous ? 1n : pts - previous
    frame.pts = pts
    previous = pts
    next = pts + (frame.duration > 0n ? frame.duration : apart)
    if (pixelAspect.num !== 0) frame.sampleAspectRatio = pixelAspect
  }
}
