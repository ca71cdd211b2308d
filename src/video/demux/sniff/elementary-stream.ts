import type { ContainerName } from '../../../options/containers.ts'

/** Start codes that may come before the header that proves a stream. */
const MAX_UNITS = 32

/**
 * Returns the kind of video elementary stream that bytes begin with; undefined if it is none. A stream begins with a
 * start code, behind any number of zero bytes, and only what may precede its header comes before that.
 */
export function detectElementaryStream (head: Buffer): ContainerName | undefined {
  const first = head.findIndex((byte) => byte !== 0)
  if (first < 2 || head[first] !== 1 || first + 2 >= head.length) return undefined
  if (head[first + 1] === SEQUENCE_HEADER) return isSequenceHeader(head, first + 2) ? 'mpegvideo' : undefined
  const units = [...listUnits(head, first + 1)]
  if (isMpeg4(units)) return 'mpeg4video'
  if (isH264(units, head)) return 'h264'
  return isHevc(units, head) ? 'hevc' : undefined
}

/** Offsets of the bytes that follow start codes. */
function * listUnits (head: Buffer, first: number): Generator<{ readonly at: number, readonly code: number }> {
  let at = first
  for (let count = 0; count < MAX_UNITS && at < head.length; count++) {
    yield { at, code: head[at]! }
    const next = head.indexOf(START_CODE, at)
    if (next === -1) return
    at = next + START_CODE.length
  }
}

const START_CODE = Buffer.from([0, 0, 1])
/** MPEG-1 and MPEG-2 (ISO/IEC 13818-2, section 6.2.2.1). */
const SEQUENCE_HEADER = 0xb3

/** The size, the aspect ratio, the frame rate, and the marker bit behind the bit rate. */
function isSequenceHeader (head: Buffer, at: number): boolean {
  if (at + 8 > head.length) return false
  const size = head.readUIntBE(at, 3)
  const rates = head[at + 3]!
  const isSized = size >> 12 !== 0 && (size & 0xfff) !== 0
  return isSized && rates >> 4 !== 0 && (rates & 15) !== 0 && (rates & 15) <= 8 && (head[at + 6]! & 0x20) !== 0
}

type Unit = { readonly at: number, readonly code: number }

/**
 * A video object layer (ISO/IEC 14496-2, section 6.2.3), behind nothing but a sequence, a visual object, a video object
 * and user data.
 */
function isMpeg4 (units: readonly Unit[]): boolean {
  const layer = units.findIndex(({ code }) => code >= 0x20 && code <= 0x2f)
  const isBefore = (code: number) => code <= 0x1f || code === 0xb0 || code === 0xb2 || code === 0xb5
  if (layer < 1) return false
  return units.slice(0, layer).every(({ code }) => isBefore(code)) && units[layer - 1]!.code <= 0x1f
}

const H264_SEQUENCE = 7
const H264_PICTURE = 8
/** Profiles (ISO/IEC 14496-10, annexes A, G and H). */
const H264_PROFILES = new Set([44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244])
/** SEI, sequence, picture, delimiter, filler and prefixes (ISO/IEC 14496-10, table 7-1). */
const H264_BEFORE = new Set([6, 7, 8, 9, 12, 13, 14, 15])

/** A sequence parameter set of a known profile and a picture parameter set, behind nothing but their like. */
function isH264 (units: readonly Unit[], head: Buffer): boolean {
  const typeOf = ({ code }: Unit) => (code < 0x80 ? code & 0x1f : -1)
  const until = units.findIndex((unit) => !H264_BEFORE.has(typeOf(unit)))
  const before = until === -1 ? units : units.slice(0, until)
  return (
    before.some((unit) => typeOf(unit) === H264_SEQUENCE && H264_PROFILES.has(head[unit.at + 1] ?? 0)) &&
    before.some((unit) => typeOf(unit) === H264_PICTURE)
  )
}

const HEVC_VIDEO = 32
const HEVC_SEQUENCE = 33
const HEVC_PICTURE = 34
/** Parameter sets, delimiter, filler and SEI (ITU-T H.265, table 7-1). */
const HEVC_BEFORE = new Set([32, 33, 34, 35, 38, 39])

/** All three parameter sets, behind nothing but their like, of the base layer. */
function isHevc (units: readonly Unit[], head: Buffer): boolean {
  const typeOf = ({ at, code }: Unit) => {
    const hasLayer = ((head[at + 1] ?? 0) & 7) !== 0
    return hasLayer && code < 0x80 && (code & 1) === 0 ? code >> 1 : -1
  }
  const until = units.findIndex((unit) => !HEVC_BEFORE.has(typeOf(unit)))
  const before = until === -1 ? units : units.slice(0, until)
  return [HEVC_VIDEO, HEVC_SEQUENCE, HEVC_PICTURE].every((type) => before.some((unit) => typeOf(unit) === type))
}
