/** The program association table (PAT) is on this PID (ISO/IEC 13818-1, section 2.4.4.3). */
const PAT_PID = 0
const HEADER_BYTES = 4
/** Bytes of a section up to and including its length, and of its checksum. */
const LENGTH_END = 3
const CRC_BYTES = 4
/** Bytes of a program association section before its first program, and of each program. */
const PROGRAMS_START = 8
const PROGRAM_BYTES = 4

/** A packet of a transport stream; it refers to the bytes that it was read from. */
interface TransportPacket {
  readonly pid: number
  /** True if a section or PES packet begins in it. */
  readonly isStart: boolean
  readonly payload: Buffer
  /** All its bytes, with those that follow each packet in M2TS and DVB. */
  readonly raw: Buffer
}

/**
 * Returns the packets of the last complete program association table and of the program map tables that it refers to
 * (ISO/IEC 13818-1, sections 2.4.4.3 and 2.4.4.8), which a demuxer needs before the packets of the programs.
 *
 * @param bytes packets, from the sync byte of the first one
 * @param packetBytes distance of two packets: 188, 192 or 204
 * @returns undefined if they are not there
 */
export function findProgramTables (bytes: Buffer, packetBytes: number): Buffer | undefined {
  const packets = readTransportPackets(bytes, packetBytes)
  const association = findLastTable(packets, PAT_PID)
  if (association === undefined) return undefined
  const maps = listMapPids(joinPayloads(association)).map((pid) => findLastTable(packets, pid))
  const found = maps.filter((map) => map !== undefined)
  return found.length === 0 ? undefined : Buffer.concat([association, ...found].flat().map(({ raw }) => raw))
}

function readTransportPackets (bytes: Buffer, packetBytes: number): TransportPacket[] {
  return Array.from({ length: Math.floor(bytes.length / packetBytes) }, (_, place) => {
    const raw = bytes.subarray(place * packetBytes, (place + 1) * packetBytes)
    const flags = raw[3]!
    const adaptationBytes = (flags & 0x20) === 0 ? 0 : 1 + raw[HEADER_BYTES]!
    const hasPayload = (flags & 0x10) !== 0
    return {
      pid: raw.readUInt16BE(1) & 0x1fff,
      isStart: hasPayload && (raw[1]! & 0x40) !== 0,
      payload: hasPayload ? raw.subarray(HEADER_BYTES + adaptationBytes, 188) : Buffer.alloc(0),
      raw
    }
  })
}

/** Returns the packets of the last complete table on a PID. */
function findLastTable (packets: readonly TransportPacket[], pid: number): TransportPacket[] | undefined {
  const own = packets.filter((packet) => packet.pid === pid)
  let end = own.length
  for (;;) {
    const start = own.slice(0, end).findLastIndex(({ isStart }) => isStart)
    if (start === -1) return undefined
    const table = own.slice(start, end)
    if (isComplete(joinPayloads(table))) return table
    end = start
  }
}

/** Returns the section that begins in the first of these packets. */
function joinPayloads (packets: readonly TransportPacket[]): Buffer {
  const bytes = Buffer.concat(packets.map(({ payload }) => payload))
  return bytes.subarray(1 + (bytes[0] ?? 0))
}

function isComplete (section: Buffer): boolean {
  return section.length >= LENGTH_END && section.length >= readSectionEnd(section)
}

const readSectionEnd = (section: Buffer): number => LENGTH_END + (section.readUInt16BE(1) & 0xfff)

/** Returns the PIDs of the program map tables. Program 0 is the network information. */
function listMapPids (section: Buffer): number[] {
  const end = readSectionEnd(section) - CRC_BYTES
  const pids: number[] = []
  for (let at = PROGRAMS_START; at + PROGRAM_BYTES <= end; at += PROGRAM_BYTES) {
    if (section.readUInt16BE(at) !== 0) pids.push(section.readUInt16BE(at + 2) & 0x1fff)
  }
  return pids
}
