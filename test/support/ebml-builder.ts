// Builds EBML and Matroska files element by element, valid and malformed ones, for tests of the demuxer.

/** Builds an element: its id, its size in 8 bytes, its body. */
export function element (id: number, ...bodies: readonly Buffer[]): Buffer {
  const body = Buffer.concat(bodies)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  return Buffer.concat([encodeId(id), size, body])
}

/** Builds an element of unknown size, as writers that stream do. */
export function unsized (id: number, ...bodies: readonly Buffer[]): Buffer {
  return Buffer.concat([encodeId(id), Buffer.from('01ffffffffffffff', 'hex'), ...bodies])
}

/** Builds an element with a number, in 8 bytes. */
export function number (id: number, value: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeBigUInt64BE(BigInt(value))
  return element(id, body)
}

/** Builds an element with a 64-bit float. */
export function float (id: number, value: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeDoubleBE(value)
  return element(id, body)
}

/** Builds an element with text. */
export function text (id: number, value: string): Buffer {
  return element(id, Buffer.from(value))
}

/** The header of a file. */
export const EBML_HEADER = element(0x1a45dfa3, text(0x4282, 'webm'))

/** Builds a file: an EBML header, and one segment of these elements. */
export function matroska (...children: readonly Buffer[]): Buffer {
  return Buffer.concat([EBML_HEADER, element(0x18538067, ...children)])
}

/** Builds the `TrackEntry` of a video track, 320 x 192. Of elements that come twice, the later ones count. */
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

/** Builds the `TrackEntry` of a sound track with the number 2. */
export function soundTrack (...more: readonly Buffer[]): Buffer {
  return element(0xae, number(0xd7, 2), number(0x83, 2), text(0x86, 'A_VORBIS'), ...more)
}

/** Builds `Tracks`. */
export const tracks = (...entries: readonly Buffer[]): Buffer => element(0x1654ae6b, ...entries)

/** Builds `Info` with ticks of a millisecond. */
export const info = (...more: readonly Buffer[]): Buffer =>
  element(0x1549a966, number(0x2ad7b1, 1_000_000), ...more)

/** Builds a packet of VP8 that is shown, filled with a number. */
export function vp8Packet (isKey: boolean, filler = 0, size = 16): Buffer {
  const packet = Buffer.alloc(Math.max(10, size), filler & 0xff)
  packet.set(isKey ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xc0, 0x00] : [0x11, 0, 0])
  return packet
}

/** The members of a block that tests set. */
export interface BlockPlan {
  readonly track?: number
  /** Relative to the cluster. */
  readonly ticks: number
  readonly isKey?: boolean
  /** 0x02 Xiph, 0x04 fixed, 0x06 EBML. */
  readonly lacing?: number
  readonly data?: Buffer
}

/** Builds a `SimpleBlock`. */
export function simpleBlock ({ isKey = false, ...plan }: BlockPlan): Buffer {
  return element(0xa3, buildBlock({ ...plan, isKey }, isKey ? 0x80 : 0))
}

/** Builds a `BlockGroup`: a frame that is no key frame refers to another one. */
export function blockGroup ({ isKey = false, ...plan }: BlockPlan, ...more: readonly Buffer[]): Buffer {
  const reference = isKey ? [] : [number(0xfb, 1)]
  return element(0xa0, element(0xa1, buildBlock({ ...plan, isKey }, 0)), ...reference, ...more)
}

function buildBlock ({ track = 1, ticks, isKey, lacing = 0, data }: BlockPlan, flags: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt8(0x80 | track)
  head.writeInt16BE(ticks, 1)
  head.writeUInt8(flags | lacing, 3)
  return Buffer.concat([head, data ?? vp8Packet(isKey === true, ticks)])
}

/** Builds a cluster at a time; by default of one key frame. */
export function cluster (ticks: number, ...blocks: readonly Buffer[]): Buffer {
  const content = blocks.length > 0 ? blocks : [simpleBlock({ ticks: 0, isKey: true })]
  return element(CLUSTER, number(0xe7, ticks), ...content)
}

/** Builds a cluster of unknown size. */
export function unsizedCluster (ticks: number, ...blocks: readonly Buffer[]): Buffer {
  return unsized(CLUSTER, number(0xe7, ticks), ...blocks)
}

const CLUSTER = 0x1f43b675

/** The members of a cue that tests set; positions count from the body of the segment. */
export interface CuePlan {
  readonly ticks: number
  readonly position: number
  readonly relative?: number
  readonly track?: number
}

/** Builds `Cues`. */
export function cues (plans: readonly CuePlan[]): Buffer {
  return element(
    0x1c53bb6b,
    Buffer.concat(
      plans.map(({ ticks, position, relative, track = 1 }) =>
        element(
          0xbb,
          number(0xb3, ticks),
          element(
            0xb7,
            number(0xf7, track),
            number(0xf1, position),
            ...(relative === undefined ? [] : [number(0xf0, relative)])
          )
        )
      )
    )
  )
}

/** Builds a `SeekHead`. It has the same size whatever the positions are. */
export function seekHead (places: ReadonlyArray<readonly [id: number, position: number]>): Buffer {
  return element(
    0x114d9b74,
    ...places.map(([id, position]) => element(0x4dbb, element(0x53ab, encodeId(id)), number(0x53ac, position)))
  )
}

function encodeId (id: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(id)
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0))
}
