const HEADER_BYTES = 27
const CRC_AT = 22

/**
 * Empties packets of the only stream of an Ogg file (RFC 3533, section 6), as an encoder does that repeats a frame.
 *
 * @param isEmptied asked for each packet, from the headers on, with its number; packets that begin or end in another
 * page stay as they are
 */
export function emptyOggPackets (file: Buffer, isEmptied: (packet: number) => boolean): Buffer {
  const pages: Buffer[] = []
  let packet = 0
  for (let at = 0; at < file.length;) {
    const lacing = [...file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + file[at + 26]!)]
    let from = at + HEADER_BYTES + lacing.length
    const kept: Array<{ readonly lacing: readonly number[], readonly data: Buffer }> = []
    for (const values of splitPackets(lacing)) {
      const bytes = values.reduce((sum, value) => sum + value, 0)
      const isWhole = values.at(-1)! < 255 && !(kept.length === 0 && (file[at + 5]! & 1) !== 0)
      kept.push(
        isWhole && isEmptied(packet)
          ? { lacing: [0], data: Buffer.alloc(0) }
          : { lacing: values, data: file.subarray(from, from + bytes) }
      )
      if (values.at(-1)! < 255) packet++
      from += bytes
    }
    const values = kept.flatMap((one) => one.lacing)
    const head = Buffer.from(file.subarray(at, at + HEADER_BYTES))
    head[26] = values.length
    const page = Buffer.concat([head, Buffer.from(values), ...kept.map(({ data }) => data)])
    page.writeUInt32LE(0, CRC_AT)
    page.writeUInt32LE(computeCrc(page), CRC_AT)
    pages.push(page)
    at = from
  }
  return Buffer.concat(pages)
}

/** Splits lacing values after each value below 255, which ends a packet. */
function splitPackets (lacing: readonly number[]): number[][] {
  const packets: number[][] = []
  let current: number[] = []
  for (const value of lacing) {
    current.push(value)
    if (value === 255) continue
    packets.push(current)
    current = []
  }
  return current.length > 0 ? [...packets, current] : packets
}

/** CRC-32 with the polynomial 0x04c11db7, bits not reflected, 0 at the start and the end. */
function computeCrc (bytes: Buffer): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 24
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0)
  }
  return crc >>> 0
}
