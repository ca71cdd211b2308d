import t from 'tap'
import { findProgramTables } from '../../../src/video/demux/program-tables.ts'

const PACKET_BYTES = 188

/** Makes the packets of a table: its section, from a pointer field on, in payloads of `payloadBytes`. */
function tablePackets (pid: number, section: Buffer, payloadBytes = 184): Buffer[] {
  const bytes = Buffer.concat([Buffer.from([0]), section])
  const count = Math.ceil(bytes.length / payloadBytes)
  return Array.from({ length: count }, (_, place) => {
    const packet = Buffer.alloc(PACKET_BYTES, 0xff)
    packet[0] = 0x47
    packet.writeUInt16BE((place === 0 ? 0x4000 : 0) | pid, 1)
    // An adaptation field fills what the payload leaves free.
    packet[3] = payloadBytes === 184 ? 0x10 : 0x30
    if (payloadBytes < 184) packet[4] = 183 - payloadBytes
    bytes.copy(packet, PACKET_BYTES - payloadBytes, place * payloadBytes, (place + 1) * payloadBytes)
    return packet
  })
}

function section (tableId: number, body: Buffer): Buffer {
  const head = Buffer.from([tableId, 0xb0, 0, 0, 1, 0xc1, 0, 0])
  head.writeUInt16BE(0xb000 | (body.length + 9), 1)
  return Buffer.concat([head, body, Buffer.alloc(4)])
}

const association = (...pids: number[]) =>
  section(0, Buffer.from(pids.flatMap((pid, place) => [0, place, 0xe0 | (pid >> 8), pid & 0xff])))
const map = (bytes: number) => section(2, Buffer.alloc(bytes))
const other = tablePackets(0x100, Buffer.alloc(10))

t.test('finds the last tables, without that of the network', async (t) => {
  const [pat] = tablePackets(0, association(0x10, 0x20, 0x30))
  const [older, newer] = [map(20), map(21)].map((one) => tablePackets(0x20, one))
  const third = tablePackets(0x30, map(22))
  const network = tablePackets(0x10, map(5))
  const bytes = Buffer.concat([pat!, ...network, ...older!, ...other, ...newer!, ...third, ...other])
  t.same(findProgramTables(bytes, PACKET_BYTES), Buffer.concat([pat!, ...newer!, ...third]))
})

t.test('takes a table of several packets, and not one that has only begun', async (t) => {
  const [pat] = tablePackets(0, association(0, 0x20))
  const long = tablePackets(0x20, map(300), 150)
  t.equal(long.length, 3)
  const bytes = Buffer.concat([pat!, long[0]!, ...other, long[1]!, long[2]!, ...other, long[0]!, long[1]!])
  t.same(findProgramTables(bytes, PACKET_BYTES), Buffer.concat([pat!, ...long]))
})

t.test('keeps what follows each packet', async (t) => {
  const packets = [...tablePackets(0, association(0, 0x20)), ...tablePackets(0x20, map(20))]
  const bytes = Buffer.concat(packets.map((packet, place) => Buffer.concat([packet, Buffer.alloc(16, place)])))
  t.same(findProgramTables(bytes, 204), bytes)
})

t.test('returns undefined without both tables', async (t) => {
  const [pat] = tablePackets(0, association(0, 0x20))
  for (const packets of [[], other, [pat!], tablePackets(0x20, map(20))]) {
    t.equal(findProgramTables(Buffer.concat(packets), PACKET_BYTES), undefined)
  }
  // An adaptation field that is longer than the packet, and a section that is shorter than its header.
  const broken = Buffer.from(pat!)
  broken[3] = 0x30
  broken[4] = 0xff
  t.equal(findProgramTables(broken, PACKET_BYTES), undefined)
  t.equal(findProgramTables(Buffer.concat(tablePackets(0, Buffer.from([0, 0xb0, 0]))), PACKET_BYTES), undefined)
})
