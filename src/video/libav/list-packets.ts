import type { Libav, LibavInput, LibavStream } from './libav-binding.ts'
import { AUDIO, AV_DISPOSITION_ATTACHED_PIC, JobError, NO_TIME, readPackets, VIDEO } from './open-input.ts'
import type { TaskAnswer } from './run-task.ts'
import { hasAlphaBeside } from './stream-facts.ts'
import { PACKET_DISCARD, type TrackAnswer } from './worker-messages.ts'

/** Past this many packets a list is refused: 24 hours at 120 pictures a second, with sound. */
const MAX_PACKETS = 15_000_000
const NUMBERS_A_PACKET = 3
const FIRST_ROOM = 4096

/**
 * Lists without decoding: the span of every video track that is no cover picture and of every audio track, and the packets of
 * the chosen one.
 *
 * @throws JobError `video_limits_exceeded` past 15 million packets; `no_video_track` where there are only cover pictures
 */
export function listPackets (libav: Libav, input: LibavInput, chosen: number): TaskAnswer {
  const { streams } = input
  const listed = streams.map(isListed)
  if (!streams.some(({ codecpar }, index) => listed[index] === true && codecpar.codecType === VIDEO)) throw new JobError('no_video_track', 'there are only cover pictures')
  const spans: Array<TrackAnswer['span']> = streams.map(() => undefined)
  const rows = new RowList()
  const packet = new libav.Packet()
  packet.alloc()
  try {
    for (const { streamIndex, pts: time, duration, flags, size } of readPackets(libav, input, packet)) {
      if (listed[streamIndex] !== true && streamIndex !== chosen) continue
      const pts = time === NO_TIME ? NaN : Number(time)
      const durationTicks = duration > 0n ? Number(duration) : guessDuration(libav, streams[streamIndex] as LibavStream, size)
      if (streamIndex === chosen) rows.add(pts, durationTicks, flags)
      if (++rows.seen > MAX_PACKETS) throw new JobError('video_limits_exceeded', 'there are too many packets')
      if ((flags & PACKET_DISCARD) === 0 && !Number.isNaN(pts)) spans[streamIndex] = extend(spans[streamIndex], pts, pts + durationTicks)
    }
  } finally {
    packet.free()
  }
  const tracks = streams.map((stream, index) => describe(libav, stream, spans[index]))
  const kept = [...tracks.keys()].filter((index) => listed[index] === true || index === chosen)
  return {
    head: { kind: 'list', tracks: kept.map((index) => tracks[index] as TrackAnswer), chosen: kept.indexOf(chosen), hasAlpha: hasAlphaBeside(streams[chosen] as LibavStream) },
    body: [rows.toBuffer()]
  }
}

/** Sound of which nobody knows what it is does not count, as ffmpeg's command line would not copy it. */
function isListed ({ codecpar: { codecType, codecId }, disposition }: LibavStream): boolean {
  return (codecType === AUDIO && codecId !== 0) || (codecType === VIDEO && (disposition & AV_DISPOSITION_ATTACHED_PIC) === 0)
}

/** What a muxer would write where the container does not say how long a packet lasts. */
function guessDuration (libav: Libav, { codecpar, timeBase, avgFrameRate: { num, den } }: LibavStream, size: number): number {
  const ticksPerSecond = timeBase.den / timeBase.num
  if (codecpar.codecType === VIDEO) return num > 0 && den > 0 ? Math.round(ticksPerSecond * den / num) : 0
  const samples = libav.avGetAudioFrameDuration2(codecpar, size)
  return samples > 0 && codecpar.sampleRate > 0 ? Math.round(ticksPerSecond * samples / codecpar.sampleRate) : 0
}

function describe (libav: Libav, { codecpar, timeBase }: LibavStream, span: TrackAnswer['span']): TrackAnswer {
  return {
    kind: codecpar.codecType === AUDIO ? 'audio' : 'video',
    codec: libav.avGetCodecName(codecpar.codecId) ?? '',
    width: codecpar.width,
    height: codecpar.height,
    timeBase: { numerator: timeBase.num, denominator: timeBase.den },
    span
  }
}

function extend (span: TrackAnswer['span'], start: number, end: number): TrackAnswer['span'] {
  return span === undefined ? { start, end } : { start: Math.min(span.start, start), end: Math.max(span.end, end) }
}

/** Rows of three numbers, in room that doubles. */
class RowList {
  /** Packets of all tracks. */
  seen = 0
  #rows = new Float64Array(FIRST_ROOM * NUMBERS_A_PACKET)
  #length = 0

  add (...row: readonly [number, number, number]): void {
    if (this.#length === this.#rows.length) {
      const larger = new Float64Array(this.#rows.length * 2)
      larger.set(this.#rows)
      this.#rows = larger
    }
    this.#rows.set(row, this.#length)
    this.#length += NUMBERS_A_PACKET
  }

  toBuffer (): Buffer {
    return Buffer.from(this.#rows.buffer, 0, this.#length * this.#rows.BYTES_PER_ELEMENT)
  }
}
