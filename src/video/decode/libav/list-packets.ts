import type { Libav, LibavInput, LibavPacket, LibavStream } from './libav-binding.ts'
import { AUDIO, isVideo, JobError, NO_TIME, readPackets, VIDEO } from './open-input.ts'
import { MAX_PACKETS, STREAM_DEMUXERS } from '../decode-plan.ts'
import { readTrack } from './read-track.ts'
import { RestartFinder } from '../restart-finder.ts'
import { hasAlphaBeside } from './stream-info.ts'
import {
  type JobInput,
  NUMBERS_A_PACKET,
  PACKET_DISCARD,
  type TrackAnswer,
  type TaskAnswer
} from './libav-messages.ts'

const FIRST_ROOM = 4096

type SeenPacket = Pick<LibavPacket, 'pts' | 'dts' | 'duration' | 'flags' | 'size' | 'pos'>

/** State of a track while its packets are read. */
interface SeenTrack {
  span: TrackAnswer['span']
  packetCount: number
  /** Last packet so far, which may be the end of the track. */
  latest: SeenPacket | undefined
  /** True if any packet has different presentation and decode times. */
  hasOffsets: boolean
}

/**
 * Lists packets without decoding: the span of every audio track and of every video track that is not a cover picture,
 * and the packets of the chosen track. Of a job with a packet range, lists that range.
 *
 * @throws JobError `video_limits_exceeded` for more than `MAX_PACKETS`; `no_video_track` if there are only cover
 * pictures
 */
export async function listPackets (
  libav: Libav,
  input: LibavInput,
  { job, chosen }: { readonly job: JobInput, readonly chosen: number }
): Promise<TaskAnswer> {
  const { streams } = input
  const listed = streams.map(isListed)
  if (!streams.some(({ codecpar }, index) => listed[index] === true && codecpar.codecType === VIDEO)) {
    throw new JobError('no_video_track', 'there are only cover pictures')
  }
  const seen = streams.map((): SeenTrack => ({ span: undefined, packetCount: 0, latest: undefined, hasOffsets: false }))
  const rows = new RowList()
  const finder = new RestartFinder(chosen)
  const isStream = STREAM_DEMUXERS.has(job.demuxer)
  let total = 0
  const settle = (index: number, track: SeenTrack, { pts: time, duration, flags, size, pos }: SeenPacket): void => {
    const pts = time === NO_TIME ? NaN : Number(time)
    const durationTicks = duration > 0n ? Number(duration) : guessDuration(libav, streams[index] as LibavStream, size)
    if (index === chosen) rows.add(pts, durationTicks, flags, Number(pos))
    if ((flags & PACKET_DISCARD) === 0 && !Number.isNaN(pts)) track.span = extend(track.span, pts, pts + durationTicks)
  }
  const packet = new libav.Packet()
  packet.alloc()
  try {
    const packets =
      job.range === undefined
        ? readPackets(libav, input, packet)
        : await readTrack(libav, input, { ...job, chosen }, { packet, seekSeconds: null })
    for (const { streamIndex, pts, dts, duration, flags, size, pos } of packets) {
      const track = seen[streamIndex]
      if (track === undefined || (listed[streamIndex] !== true && streamIndex !== chosen)) continue
      if (++total > MAX_PACKETS) throw new JobError('video_limits_exceeded', 'there are too many packets')
      if (isStream) finder.take(streamIndex, toSeconds(dts, streams[streamIndex] as LibavStream), Number(pos))
      if (track.latest !== undefined) settle(streamIndex, track, track.latest)
      track.packetCount++
      track.hasOffsets ||= pts !== dts
      track.latest = { pts, dts, duration, flags, size, pos }
    }
  } finally {
    packet.free()
  }
  for (const [index, track] of seen.entries()) {
    const { latest } = track
    if (latest !== undefined) {
      settle(
        index,
        track,
        job.demuxer === 'mov' && !track.hasOffsets
          ? endWithTrack(streams[index] as LibavStream, track.packetCount, latest)
          : latest
      )
    }
  }
  const tracks = streams.map((stream, index) => describe(libav, stream, seen[index]?.span))
  const kept = [...tracks.keys()].filter((index) => listed[index] === true || index === chosen)
  return {
    head: {
      kind: 'list',
      tracks: kept.map((index) => tracks[index] as TrackAnswer),
      chosen: kept.indexOf(chosen),
      hasAlpha: hasAlphaBeside(streams[chosen] as LibavStream),
      restarts: finder.restarts
    },
    body: [rows.toBuffer()]
  }
}

/**
 * Returns the duration of the last packet of an MP4 track, which lasts until the track ends unless edits end it
 * earlier. FFmpeg 5.1 reports that; 8.1 reports the length of the packet, shown or not, as the older one does for
 * tracks whose presentation order differs from decode order.
 */
function endWithTrack ({ duration: end, nbFrames }: LibavStream, packetCount: number, last: SeenPacket): SeenPacket {
  // A track that ends where its last packet begins does not define its duration.
  if (end <= 0n || end === last.dts) return last
  // In a truncated file, the last packet read is not the last one of the track.
  if (packetCount < nbFrames && end > last.dts + last.duration) return last
  return { ...last, duration: end > last.dts ? end - last.dts : 0n }
}

function toSeconds (ticks: bigint, { timeBase }: LibavStream): number {
  return ticks === NO_TIME ? NaN : (Number(ticks) * timeBase.num) / timeBase.den
}

/** Audio of an unknown codec or sample rate does not count, because ffmpeg's command line would not copy it. */
function isListed (stream: LibavStream): boolean {
  const { codecType, codecId, sampleRate } = stream.codecpar
  return (codecType === AUDIO && codecId !== 0 && sampleRate > 0) || isVideo(stream)
}

/** Returns the duration that a muxer would write for a packet without one. */
function guessDuration (
  libav: Libav,
  { codecpar, timeBase, avgFrameRate: { num, den } }: LibavStream,
  size: number
): number {
  const ticksPerSecond = timeBase.den / timeBase.num
  if (codecpar.codecType === VIDEO) return num > 0 && den > 0 ? Math.round((ticksPerSecond * den) / num) : 0
  const samples = libav.avGetAudioFrameDuration2(codecpar, size)
  return samples > 0 && codecpar.sampleRate > 0 ? Math.round((ticksPerSecond * samples) / codecpar.sampleRate) : 0
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

/** Rows of numbers in a buffer that doubles when full. */
class RowList {
  #rows = new Float64Array(FIRST_ROOM * NUMBERS_A_PACKET)
  #length = 0

  add (...row: readonly [number, number, number, number]): void {
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
