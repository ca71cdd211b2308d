/** Writes an EBML element: its id, its size in 8 bytes, its body. */
export function element (id: number, ...bodies: readonly Buffer[]): Buffer {
  const body = Buffer.concat(bodies)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  return Buffer.concat([writeId(id), size, body])
}

/** An element with a number, in 8 bytes. */
export function number (id: number, value: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeBigUInt64BE(BigInt(value))
  return element(id, body)
}

/** An element with a 64-bit float. */
export function float (id: number, value: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeDoubleBE(value)
  return element(id, body)
}

/** An element with text. */
export function text (id: number, value: string): Buffer {
  return element(id, Buffer.from(value))
}

/** A file: an EBML header, and one segment of these elements. */
export function matroska (...children: readonly Buffer[]): Buffer {
  return Buffer.concat([element(0x1a45dfa3, text(0x4282, 'webm')), element(0x18538067, ...children)])
}

/** The body of a video track, 320 x 192; what is added comes last, and counts. */
export function videoTrack ({
  codec = 'V_VP8',
  track = [],
  video = []
}: { codec?: string, track?: readonly Buffer[], video?: readonly Buffer[] } = {}): Buffer {
  return element(
    0xae,
    number(0xd7, 1),
    number(0x83, 1),
    text(0x86, codec),
    element(0xe0, number(0xb0, 320), number(0xba, 192), ...video),
    ...track
  )
}

/** A cluster at a time, with one key frame of VP8 that says its kind and no more. */
export function cluster (ticks: number): Buffer {
  const vp8 = Buffer.from('100000 9d012a 4001 c000'.replaceAll(' ', ''), 'hex')
  return element(0x1f43b675, number(0xe7, ticks), element(0xa3, Buffer.from([0x81, 0, 0, 0x80]), vp8))
}

function writeId (id: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(id)
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0))
}
