/** Sizes of a packet: plain, with a time code in front (Blu-ray's M2TS), with Reed-Solomon check bytes behind (DVB). */
const PACKET_SIZES = [188, 192, 204]
const SYNC = 0x47
/** Packets that the head of a file begins with, and those that prove a stream which begins elsewhere. */
const MIN_PACKETS = 3
const MIN_PACKETS_AFTER_JUNK = 5
const MAX_PACKETS = 16

/**
 * Returns whether bytes are those of a transport stream from the first packet on (ISO/IEC 13818-1, section 2.4.3), with
 * a time code in front of each packet or not.
 */
export function startsTransportStream (head: Buffer): boolean {
  return [
    [188, 0],
    [192, 4],
    [204, 0]
  ].some(([packetBytes = 188, first = 0]) => {
    let syncs = 0
    for (let at = first; at < head.length; at += packetBytes) {
      if (head[at] !== SYNC) return false
      syncs++
    }
    return syncs >= MIN_PACKETS
  })
}

/**
 * Returns whether a transport stream begins somewhere in the bytes: a recording that was cut in the middle of a packet,
 * or one behind an ID3 tag or other bytes. FFmpeg's demuxer looks for the packets in the same way. Text may have the
 * sync byte, a `G`, at equal distances, but not the control characters that are in every stream.
 */
export function hasTransportStream (head: Buffer): boolean {
  for (let start = head.indexOf(SYNC); start !== -1; start = head.indexOf(SYNC, start + 1)) {
    if (PACKET_SIZES.some((size) => isPacketRun(head, start, size))) return true
  }
  return false
}

function isPacketRun (head: Buffer, start: number, packetBytes: number): boolean {
  let packets = 0
  for (let at = start; at + 4 <= head.length && packets < MAX_PACKETS; at += packetBytes) {
    if (!isPacketHeader(head, at)) return false
    packets++
  }
  const end = start + packets * packetBytes
  return packets >= MIN_PACKETS_AFTER_JUNK && head.subarray(start, end).some((byte) => byte < 9)
}

/** The sync byte, an adaptation field or a payload, and a scrambling that is not the reserved one. */
function isPacketHeader (head: Buffer, at: number): boolean {
  const flags = head[at + 3]!
  return head[at] === SYNC && (flags & 0x30) !== 0 && (flags & 0xc0) !== 0x40
}

/** Returns the distance of the packets that follow the one at `start`: 188, 192 or 204; undefined if they are none. */
export function measurePackets (bytes: Buffer, start: number): number | undefined {
  return PACKET_SIZES.find((size) => isPacketRun(bytes, start, size))
}
