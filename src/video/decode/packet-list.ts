import { packetLimitError } from './decode-limits.ts'
import { MAX_PACKETS } from './decode-plan.ts'
import type { Packet, TimeBase } from '../media/time.ts'

/** A track as printed by ffmpeg's `framecrc` muxer: `#` lines, then one line per packet in decode order. */
export interface ListedTrack {
  readonly kind: string
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly timeBase: TimeBase
  readonly packets: Packet[]
  /** First start and last end of shown packets, in ticks; undefined if none is shown. */
  readonly span: { readonly start: number, readonly end: number } | undefined
}

const FLAG_KEY = 1
const FLAG_DISCARD = 4

type Mutable = { -readonly [K in keyof ListedTrack]: ListedTrack[K] }

/** Added to presentation times that are packed as durations, because a muxer accepts no negative duration. */
const PACKED_ZERO = 2 ** 52

/** What the packets of a listing state: their presentation times and durations, or decode times and positions. */
export type Packing = 'presentation' | 'position'

/**
 * Bitstream filters that hide the times of packets from the muxer, which would change those that go back: decode times
 * become numbers in order, presentation times exceed them by a second value, and durations contain the time.
 */
export const PACKING_FILTERS: Readonly<Record<Packing, string>> = {
  presentation: `setts=dts=N:pts=N+DURATION:duration=PTS+${PACKED_ZERO}`,
  // A position is at least -1.
  position: `setts=dts=N:pts=N+POS+1:duration=DTS+${PACKED_ZERO}`
}

/**
 * Parses the lines of one `framecrc` output. Of packets that were packed with their positions, `pts` is the decode time
 * and `durationTicks` the position plus 1.
 */
export class PacketListReader {
  readonly #tracks = new Map<number, Mutable>()
  readonly #keepPackets: boolean
  readonly #isPacked: boolean
  #count = 0

  /**
   * @param options.keepPackets whether to keep the packets, or only the span of each track
   * @param options.isPacked true if the packets passed one of `PACKING_FILTERS`
   */
  constructor ({ keepPackets, isPacked = false }: { readonly keepPackets: boolean, readonly isPacked?: boolean }) {
    this.#keepPackets = keepPackets
    this.#isPacked = isPacked
  }

  /** The listed tracks, by their number in the output. */
  get tracks (): ListedTrack[] {
    return [...this.#tracks.values()]
  }

  /**
   * Parses one line.
   *
   * @throws PosterframeError `video_limits_exceeded` for more than `MAX_PACKETS`
   */
  readonly take = (line: string): void => {
    if (line.startsWith('#')) this.#readProperty(line)
    else if (line !== '') this.#readPacket(line)
  }

  #track (index: number): Mutable {
    let track = this.#tracks.get(index)
    if (track === undefined) {
      track = {
        kind: '',
        codec: '',
        width: 0,
        height: 0,
        timeBase: { numerator: 1, denominator: 1 },
        packets: [],
        span: undefined
      }
      this.#tracks.set(index, track)
    }
    return track
  }

  #readProperty (line: string): void {
    const [, name = '', index = '', value = ''] = /^#(\w+) (\d+): *(.*)$/.exec(line) ?? []
    if (name === '') return
    const track = this.#track(Number(index))
    const [first = 0, second = 0] = value.split(/[/x]/).map(Number)
    if (name === 'media_type') track.kind = value
    if (name === 'codec_id') track.codec = value
    if (name === 'tb') track.timeBase = { numerator: first, denominator: second }
    if (name === 'dimensions') {
      track.width = first
      track.height = second
    }
  }

  #readPacket (line: string): void {
    if (++this.#count > MAX_PACKETS) throw packetLimitError()
    const [index = '', dts = '', pts = '', duration = '', , , ...rest] = line.split(',')
    const flags = rest.find((field) => field.trim().startsWith('F='))
    const bits = flags === undefined ? FLAG_KEY : Number(flags.trim().slice(2))
    const packet: Packet = {
      ...(this.#isPacked ? unpackTimes(dts, pts, duration) : readTimes(pts, duration)),
      isKey: (bits & FLAG_KEY) !== 0,
      isShown: (bits & FLAG_DISCARD) === 0
    }
    const track = this.#track(Number(index))
    if (this.#keepPackets) track.packets.push(packet)
    if (packet.isShown && !Number.isNaN(packet.pts)) track.span = extend(track.span, packet)
  }
}

function readTimes (pts: string, duration: string): Pick<Packet, 'pts' | 'durationTicks'> {
  return {
    // A packet without a presentation time has the smallest 64-bit number.
    pts: Math.abs(Number(pts)) > Number.MAX_SAFE_INTEGER ? NaN : Number(pts),
    durationTicks: Math.max(0, Number(duration))
  }
}

/** The muxer guesses a short duration instead of the negative one that a packet without a time gets. */
function unpackTimes (dts: string, pts: string, duration: string): Pick<Packet, 'pts' | 'durationTicks'> {
  const time = Number(duration) - PACKED_ZERO
  return {
    pts: Math.abs(time) < PACKED_ZERO / 2 ? time : NaN,
    durationTicks: Math.max(0, Number(pts) - Number(dts))
  }
}

function extend (span: ListedTrack['span'], { pts, durationTicks }: Packet): ListedTrack['span'] {
  const end = pts + durationTicks
  return span === undefined ? { start: pts, end } : { start: Math.min(span.start, pts), end: Math.max(span.end, end) }
}
