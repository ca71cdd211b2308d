import type { Libav, LibavInput, LibavPacket } from './libav-binding.ts'
import { readPackets } from './open-input.ts'
import { type JobInput, PACKET_KEY } from './libav-messages.ts'

const AVDISCARD_ALL = 48
/** AVFMT_SEEK_TO_PTS: the demuxer seeks by presentation time. */
const SEEKS_BY_PTS = 0x4000000
const LEAST_TIME = -(2n ** 63n)

/**
 * Yields the packets of the chosen track and lets the demuxer skip all others: those of the packet range of the job
 * if it has one, else all after seeking.
 *
 * @param options.packet object that is reused for each packet
 * @param options.seekSeconds seek position on the clock of the container, for a job without a packet range; null: the
 * beginning
 */
export async function readTrack (
  libav: Libav,
  input: LibavInput,
  { chosen, demuxer, range }: JobInput & { readonly chosen: number },
  { packet, seekSeconds }: { readonly packet: LibavPacket, readonly seekSeconds: number | null }
): Promise<Iterable<LibavPacket>> {
  for (const [index, stream] of input.streams.entries()) if (index !== chosen) stream.discard = AVDISCARD_ALL
  const from = range === undefined ? seekSeconds : (range.seekSeconds ?? null)
  if (from !== null) await seek(libav, input, demuxer, from)
  const packets = readChosen(libav, input, packet, chosen)
  return range === undefined ? packets : takeRange(packets, range.packetCount)
}

/** Seeks like `-seek_timestamp 1 -ss`: before the time, and somewhat further back if times may be out of order. */
async function seek (libav: Libav, input: LibavInput, demuxer: string, seconds: number): Promise<void> {
  const seeksByPts = ((libav.InputFormat.findInputFormat(demuxer)?.flags ?? 0) & SEEKS_BY_PTS) !== 0
  const isReordered = input.streams.some(({ codecpar }) => codecpar.videoDelay > 0)
  const micros = BigInt(Math.round(seconds * 1e6)) - (isReordered && !seeksByPts ? 3_000_000n / 23n : 0n)
  const sought = await input.seekFile(-1, LEAST_TIME, micros, micros, 0)
  if (sought < 0) libav.Log.log(24, `could not seek to position ${seconds}\n`)
}

function * readChosen (libav: Libav, input: LibavInput, packet: LibavPacket, chosen: number): Generator<LibavPacket> {
  for (const read of readPackets(libav, input, packet)) if (read.streamIndex === chosen) yield read
}

/** Yields a number of packets from the first key frame on. */
function * takeRange (packets: Iterable<LibavPacket>, count: number): Generator<LibavPacket> {
  let taken = 0
  for (const packet of packets) {
    if (taken === 0 && (packet.flags & PACKET_KEY) === 0) continue
    yield packet
    if (++taken === count) return
  }
}
