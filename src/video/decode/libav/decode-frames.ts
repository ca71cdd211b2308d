import type { Libav, LibavCodecContext, LibavFrame, LibavInput, LibavPacket, LibavStream } from './libav-binding.ts'
import { AVERROR_EAGAIN, AVERROR_EOF, describeError, JobError, LOG_ERROR, NO_TIME, openDecoder } from './open-input.ts'
import { readTrack } from './read-track.ts'
import { type JobInput, PACKET_KEY } from './libav-messages.ts'

const AV_FRAME_FLAG_CORRUPT = 1
const AV_FRAME_FLAG_KEY = 2

/** How to decode. */
export interface DecodeRequest {
  readonly keyFramesOnly: boolean
  /** Where to begin on the container's clock; null: at the beginning. */
  readonly seekSeconds: number | null
}

/**
 * Decodes the chosen track and gives each frame in the order of presentation, as ffmpeg's command line does: the time
 * of a frame is libav's best estimate, its pixel aspect the container's where that has one. The frame is one and the
 * same each time, and lives until the next is taken.
 *
 * @throws JobError where there is no decoder, or of more than two packets in three nothing came
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
      stream,
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
  readonly stream: LibavStream
  readonly packets: Iterable<LibavPacket>
  /** Whether it gives a frame for a packet at once and does not say which are key frames. */
  readonly saysNoKeys: boolean
}

function * drainPackets (
  libav: Libav,
  { decoder, frame, stream, packets, saysNoKeys }: Decoding
): Generator<LibavFrame> {
  const counts = { good: 0, bad: 0 }
  const settle = planTimes(stream)
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

/** Gives a frame its time, or the end of the one before it where it has none, and the container's pixel aspect. */
function planTimes ({ sampleAspectRatio }: LibavStream): (frame: LibavFrame) => void {
  let next = 0n
  let previous: bigint | undefined
  return (frame) => {
    const time = frame.bestEffortTimestamp
    const pts = time === NO_TIME ? next : time
    const apart = previous === undefined || pts <= previous ? 1n : pts - previous
    frame.pts = pts
    previous = pts
    next = pts + (frame.duration > 0n ? frame.duration : apart)
    if (sampleAspectRatio.num !== 0) frame.sampleAspectRatio = sampleAspectRatio
  }
}
