// Builds ISO base media files box by box, valid and malformed ones, for tests of the demuxer.

/** Builds a box with a header of 8 bytes, or of 16 if `isLong`. */
export function box (type: string, payload: Buffer | readonly Buffer[], { isLong = false } = {}): Buffer {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.concat(payload)
  const name = Buffer.from(type, 'latin1')
  return isLong
    ? Buffer.concat([u32(1), name, u64(16 + body.length), body])
    : Buffer.concat([u32(8 + body.length), name, body])
}

/** Builds a box that begins with a version and flags. */
export function fullBox (type: string, payload: Buffer | readonly Buffer[], { version = 0, flags = 0 } = {}): Buffer {
  return box(type, [u32(version * 2 ** 24 + flags), ...(Buffer.isBuffer(payload) ? [payload] : payload)])
}

/** Encodes 32-bit numbers; negative ones as two's complement. */
export function u32 (...numbers: number[]): Buffer {
  return table32(numbers)
}

/** Encodes 64-bit numbers; negative ones as two's complement. */
export function u64 (...numbers: number[]): Buffer {
  return table64(numbers)
}

/** As `u32`, for more numbers than a call may have arguments. */
function table32 (numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) {
    buffer.writeUInt32BE(number < 0 ? number + 2 ** 32 : number, 4 * index)
  }
  return buffer
}

function table64 (numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(8 * numbers.length)
  for (const [index, number] of numbers.entries()) buffer.writeBigInt64BE(BigInt(number), 8 * index)
  return buffer
}

export interface SamplePlan {
  readonly data: Buffer
  /** Ticks until the next sample is decoded. */
  readonly delta: number
  /** Presentation time minus decode time; if one sample has one, all do. */
  readonly offset?: number
  readonly isSync: boolean
}

export interface EditPlan {
  /** In ticks of the movie, 1000 a second. */
  readonly duration: number
  readonly mediaTime: number
  readonly rate?: number
}

export interface TrackPlan {
  readonly handler?: string
  readonly timescale?: number
  readonly samples: readonly SamplePlan[]
  /** Samples per chunk; the last number applies to all further chunks. */
  readonly chunks?: readonly number[]
  readonly edits?: readonly EditPlan[]
  readonly hasSyncTable?: boolean
  readonly hasLongOffsets?: boolean
  readonly hasLongEdits?: boolean
  /** Bits of a size in `stz2`; if absent, the sizes are in `stsz`. */
  readonly compactBits?: 4 | 8 | 16
  readonly sampleEntry?: Buffer
  readonly isEnabled?: boolean
  /** Boxes that replace those of the same type; an empty one omits it. */
  readonly instead?: Readonly<Record<string, Buffer>>
}

export interface MoviePlan {
  readonly tracks: readonly TrackPlan[]
  readonly isMovieFirst?: boolean
  readonly isLongMedia?: boolean
  /** Boxes at the end of `moov`. */
  readonly extra?: readonly Buffer[]
}

/** Builds a VP9 packet of a size, marked as a key frame or not, with a number in it. */
export function vp9Packet (isKey: boolean, size: number, number = 0): Buffer {
  const packet = Buffer.alloc(Math.max(8, size), number & 0xff)
  packet.set(isKey ? [0x82, 0x49, 0x83, 0x42] : [0x86, 0, 0, 0])
  packet.writeUInt32BE(number, 4)
  return packet
}

/** Builds a visual sample entry: by default `vp09` of 64 x 48. */
export function visualEntry (
  type = 'vp09',
  children: readonly Buffer[] = [],
  { width = 64, height = 48, reference = 1 } = {}
): Buffer {
  const fixed = Buffer.alloc(78)
  fixed.writeUInt16BE(reference, 6)
  fixed.writeUInt16BE(width, 24)
  fixed.writeUInt16BE(height, 26)
  return box(type, [fixed, ...children])
}

/** Builds a sample entry of AAC audio without its configuration. */
export function soundEntry (): Buffer {
  return box('mp4a', Buffer.alloc(28))
}

export const UNIT_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
const MOVIE_TIMESCALE = 1000

/** Builds a whole file. */
export function buildMovie ({ tracks, isMovieFirst = false, isLongMedia = false, extra = [] }: MoviePlan): Buffer {
  const type = box('ftyp', Buffer.from('isom\x00\x00\x02\x00isom', 'latin1'))
  const plans = tracks.map((track) => ({ track, chunks: cutChunks(track) }))
  const media = Buffer.concat(interleave(plans.map(({ chunks }) => chunks)).map(({ data }) => data))
  const makeMoov = (mediaStart: number) => {
    const offsets = placeChunks(
      plans.map(({ chunks }) => chunks),
      mediaStart
    )
    const header = fullBox('mvhd', [
      u32(0, 0, MOVIE_TIMESCALE, 0, 0x10000),
      Buffer.alloc(12),
      UNIT_MATRIX,
      Buffer.alloc(28)
    ])
    return box('moov', [
      header,
      ...plans.map(({ track, chunks }, index) => makeTrack(track, index + 1, chunks, offsets[index]!)),
      ...extra
    ])
  }
  const mdat = box('mdat', media, { isLong: isLongMedia })
  const before = type.length + mdat.length - media.length
  return isMovieFirst
    ? Buffer.concat([type, makeMoov(before + makeMoov(0).length), mdat])
    : Buffer.concat([type, mdat, makeMoov(before)])
}

interface Chunk {
  readonly samples: number
  readonly data: Buffer
}

function cutChunks ({ samples, chunks = [1] }: TrackPlan): Chunk[] {
  const cut: Chunk[] = []
  for (let at = 0; at < samples.length;) {
    const part = samples.slice(at, at + (chunks[cut.length] ?? chunks.at(-1)!))
    cut.push({ samples: part.length, data: Buffer.concat(part.map(({ data }) => data)) })
    at += part.length
  }
  return cut
}

function interleave (tracks: ReadonlyArray<readonly Chunk[]>): Chunk[] {
  const longest = Math.max(0, ...tracks.map((chunks) => chunks.length))
  return Array.from({ length: longest }, (_, index) => tracks.flatMap((chunks) => chunks[index] ?? [])).flat()
}

function placeChunks (tracks: ReadonlyArray<readonly Chunk[]>, start: number): number[][] {
  const places = new Map<Chunk, number>()
  for (const chunk of interleave(tracks)) {
    places.set(chunk, start)
    start += chunk.data.length
  }
  return tracks.map((chunks) => chunks.map((chunk) => places.get(chunk)!))
}

function makeTrack (track: TrackPlan, id: number, chunks: readonly Chunk[], offsets: readonly number[]): Buffer {
  const { handler = 'vide', timescale = 1000, samples, edits, hasLongEdits = false, isEnabled = true } = track
  const duration = samples.reduce((sum, { delta }) => sum + delta, 0)
  const choose = (type: string, made: Buffer) => track.instead?.[type] ?? made
  const edit = edits === undefined ? Buffer.alloc(0) : box('edts', choose('elst', makeEdits(edits, hasLongEdits)))
  return box('trak', [
    choose(
      'tkhd',
      fullBox('tkhd', [u32(0, 0, id, 0, duration), Buffer.alloc(16), UNIT_MATRIX, u32(64 * 65536, 48 * 65536)], {
        flags: isEnabled ? 3 : 2
      })
    ),
    edit,
    box('mdia', [
      choose('mdhd', fullBox('mdhd', u32(0, 0, timescale, duration, 0))),
      choose('hdlr', fullBox('hdlr', [u32(0), Buffer.from(handler, 'latin1'), Buffer.alloc(13)])),
      box('minf', [
        choose('dinf', box('dinf', fullBox('dref', [u32(1), fullBox('url ', [], { flags: 1 })]))),
        box(
          'stbl',
          makeTables(track, chunks, offsets).map(([type, made]) => choose(type, made))
        )
      ])
    ])
  ])
}

function makeEdits (edits: readonly EditPlan[], isLong: boolean): Buffer {
  const entries = edits.flatMap(({ duration, mediaTime, rate = 0x10000 }) =>
    isLong ? [u64(duration, mediaTime), u32(rate)] : [u32(duration, mediaTime, rate)]
  )
  return fullBox('elst', [u32(edits.length), ...entries], { version: isLong ? 1 : 0 })
}

function makeTables (track: TrackPlan, chunks: readonly Chunk[], offsets: readonly number[]): Array<[string, Buffer]> {
  const { samples, hasSyncTable = true, hasLongOffsets = false, compactBits, sampleEntry = visualEntry() } = track
  const deltas = runLengths(samples.map(({ delta }) => delta))
  const shifts = runLengths(samples.map(({ offset = 0 }) => offset))
  const sync = samples.flatMap(({ isSync }, index) => (isSync ? [index + 1] : []))
  const hasOffsets = samples.some(({ offset }) => offset !== undefined)
  return [
    ['stsd', fullBox('stsd', [u32(1), sampleEntry])],
    ['stts', fullBox('stts', [u32(deltas.length), table32(deltas.flat())])],
    [
      'ctts',
      hasOffsets ? fullBox('ctts', [u32(shifts.length), table32(shifts.flat())], { version: 1 }) : Buffer.alloc(0)
    ],
    ['stss', hasSyncTable ? fullBox('stss', [u32(sync.length), table32(sync)]) : Buffer.alloc(0)],
    ['stsc', makeChunkRuns(chunks)],
    compactBits === undefined
      ? ['stsz', fullBox('stsz', [u32(0, samples.length), table32(samples.map(({ data }) => data.length))])]
      : ['stz2', makeCompactSizes(samples, compactBits)],
    hasLongOffsets
      ? ['co64', fullBox('co64', [u32(offsets.length), table64(offsets)])]
      : ['stco', fullBox('stco', [u32(offsets.length), table32(offsets)])]
  ]
}

function makeChunkRuns (chunks: readonly Chunk[]): Buffer {
  const runs = chunks.flatMap(({ samples }, index) =>
    samples === chunks[index - 1]?.samples ? [] : [[index + 1, samples, 1]]
  )
  return fullBox('stsc', [u32(runs.length), table32(runs.flat())])
}

function makeCompactSizes (samples: readonly SamplePlan[], bits: number): Buffer {
  const table = Buffer.alloc(Math.ceil((samples.length * bits) / 8))
  for (const [index, { data }] of samples.entries()) {
    if (bits === 4) table[index >> 1]! |= data.length << (index % 2 === 0 ? 4 : 0)
    else table.writeUIntBE(data.length, (index * bits) / 8, bits / 8)
  }
  return fullBox('stz2', [u32(bits, samples.length), table])
}

function runLengths (values: readonly number[]): Array<[count: number, value: number]> {
  const runs: Array<[number, number]> = []
  for (const value of values) {
    const last = runs.at(-1)
    if (last?.[1] === value) last[0]++
    else runs.push([1, value])
  }
  return runs
}
