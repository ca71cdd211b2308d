import type { EncodedPacket, EncodedPacketSink } from 'mediabunny'
import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import { iterateNalUnits, readLengthBytes } from '../../bitstream/nal-units.ts'
import { isShownFrame } from './is-shown-frame.ts'
import type { MatroskaJob } from './matroska-messages.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A track's packets, and its clock. */
export interface PacketTrack {
  readonly sink: EncodedPacketSink
  readonly job: MatroskaJob
}

/** A packet with its time in ticks. */
export interface TimedPacket {
  readonly packet: EncodedPacket
  readonly ticks: number
}

/** Pictures that may come earlier in the file than one that is shown before them (H.264, section E.2.1: 16 at most). */
const MAX_REORDERED = { h264: 16, hevc: 16, vp8: 0, vp9: 0, av1: 0 } as const
/** How many key frames back one that stands alone is looked for. */
const MAX_STEPS_BACK = 4

/**
 * Collects the packets that lead to the last frame at or before a moment, in decode order, from a key frame that
 * stands alone.
 *
 * @returns the packets, the target last; `isPastEnd` where the file ended before a later frame came
 * @throws RangedExtractionError where there is no such run, or it is longer than it may be
 */
export async function collectPackets (
  track: PacketTrack,
  task: Extract<MatroskaJob['task'], { kind: 'run' }>
): Promise<{ run: TimedPacket[], isPastEnd: boolean }> {
  const { start, key } = await findStart(track, task.atTicks)
  const { packets, isPastEnd } = await collectUntil(
    track,
    start,
    task.wantsKey ? { ...task, stopTicks: key.ticks } : task
  )
  const times = packets.map(({ ticks }) => ticks)
  const wantedTicks = task.wantsKey
    ? key.ticks
    : (findLatest(times, task.atTicks) ?? (await findFirstTicks(track, times)))
  const [target, ...others] = packets.filter(
    ({ ticks, packet }) => ticks === wantedTicks && isShownFrame(track.job.codec, packet.data)
  )
  if (target === undefined) throw new RangedExtractionError('the packet shows no picture of its own')
  if (others.length > 0) throw new RangedExtractionError('two frames have the same time')
  const targetPlace = packets.indexOf(target)
  const startPlace = packets.findLastIndex(
    ({ ticks, packet }, place) => place <= targetPlace && ticks <= wantedTicks && isClean(track, packet)
  )
  if (startPlace === -1) throw new RangedExtractionError('the frame does not come after its key frame')
  return { run: packets.slice(startPlace, targetPlace + 1), isPastEnd }
}

/**
 * The last key frame at or before a moment, and the last one until then that stands alone.
 *
 * @throws RangedExtractionError where there is none near
 */
export async function findStart (
  track: PacketTrack,
  atTicks: number
): Promise<{ key: TimedPacket, start: TimedPacket }> {
  const { sink, job } = track
  // Ends of clusters are rounded: asked exactly, the reader may stop in the cluster before the right one.
  let packet = await sink.getKeyPacket((atTicks + 2) / job.ticksPerSecond)
  if (packet !== null && toTicks(job, packet) > atTicks) packet = await sink.getKeyPacket(atTicks / job.ticksPerSecond)
  packet ??= await sink.getFirstPacket()
  let key: TimedPacket | undefined
  for (let step = 0; packet?.type === 'key' && step <= MAX_STEPS_BACK; step++) {
    const ticks = toTicks(job, packet)
    key ??= { packet, ticks }
    if (isClean(track, packet)) return { key, start: { packet, ticks } }
    packet = await sink.getKeyPacket((ticks - 1) / job.ticksPerSecond)
  }
  throw new RangedExtractionError('there is no key frame near that stands alone')
}

/**
 * Collects the packets from the last key frame that stands alone before another key frame up to that one, in decode
 * order.
 *
 * @throws RangedExtractionError where there is none near, or they are more than they may be
 */
export async function collectBefore (
  track: PacketTrack,
  { ticks, ...bounds }: Extract<MatroskaJob['task'], { kind: 'before' }>
): Promise<TimedPacket[]> {
  const { start } = await findStart(track, ticks - 1)
  const { packets } = await collectUntil(track, start, { ...bounds, atTicks: Infinity, stopTicks: ticks })
  const last = packets.pop()
  if (packets.length === 0 || last?.ticks !== ticks || last.packet.type !== 'key') {
    throw new RangedExtractionError('no key frame leads to the first one of the run')
  }
  return packets
}

interface Extent {
  readonly atTicks: number
  readonly maxPackets: number
  readonly maxBytes: number
  /** Time of the packet that ends the run, where it is known before. */
  readonly stopTicks?: number
}

async function collectUntil (track: PacketTrack, start: TimedPacket, extent: Extent) {
  const { sink, job } = track
  const packets: TimedPacket[] = []
  let bytes = 0
  let later = 0
  let next: TimedPacket | null = start
  while (next !== null) {
    packets.push(next)
    bytes += next.packet.byteLength
    if (packets.length > extent.maxPackets || bytes > extent.maxBytes) {
      throw new RangedExtractionError('too much leads to the frame')
    }
    if (next.ticks === extent.stopTicks) return { packets, isPastEnd: false }
    if (next.ticks > extent.atTicks) {
      later++
      if (later > MAX_REORDERED[job.codec] || isIdr(track, next.packet)) return { packets, isPastEnd: false }
    }
    const packet: EncodedPacket | null = await sink.getNextPacket(next.packet)
    next = packet === null ? null : { packet, ticks: toTicks(job, packet) }
  }
  return { packets, isPastEnd: later === 0 }
}

function findLatest (times: readonly number[], atTicks: number): number | undefined {
  return times
    .filter((ticks) => ticks <= atTicks)
    .sort((a, b) => a - b)
    .at(-1)
}

/** Before the first frame the first one is shown; that is known only where the packets begin with the file. */
async function findFirstTicks ({ sink, job }: PacketTrack, times: readonly number[]): Promise<number> {
  const first = await sink.getFirstPacket({ metadataOnly: true })
  if (first === null || toTicks(job, first) !== times[0]) throw new RangedExtractionError('no frame is shown by then')
  return times.reduce((earliest, ticks) => Math.min(earliest, ticks), Infinity)
}

function isClean ({ job }: PacketTrack, packet: EncodedPacket): boolean {
  return (
    packet.type === 'key' && isTrueKeyFrame({ ...job, codecConfig: viewBytes(job.codecConfig) }, viewBytes(packet.data))
  )
}

/** An IDR picture of H.264: nothing that comes after it is shown before it (Rec. ITU-T H.264, table 7-1, type 5). */
function isIdr ({ job }: PacketTrack, packet: EncodedPacket): boolean {
  if (job.codec !== 'h264' || packet.type !== 'key') return false
  const units = iterateNalUnits(
    viewBytes(packet.data),
    readLengthBytes({ codec: job.codec, codecConfig: viewBytes(job.codecConfig) })
  )
  return [...units].some((unit) => (unit.readUInt8(0) & 31) === 5)
}

function viewBytes ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/**
 * The time of a packet in whole ticks.
 *
 * @throws RangedExtractionError where it has no whole tick: the packet is part of a laced block
 */
export function toTicks ({ ticksPerSecond }: MatroskaJob, { timestamp }: EncodedPacket): number {
  const ticks = timestamp * ticksPerSecond
  const whole = Math.round(ticks)
  if (Math.abs(ticks - whole) > 0.01 || !Number.isSafeInteger(whole)) {
    throw new RangedExtractionError('a frame has no time of its own')
  }
  return whole
}
