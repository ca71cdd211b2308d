import type { Box, Window } from './box.ts'
import { type Edit, readEdits } from './edit-list.ts'
import { TrackBoxes } from './track-boxes.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** A track of a movie (ISO/IEC 14496-12, section 8.3), without its sample tables. */
export interface Track {
  readonly id: number
  readonly isEnabled: boolean
  /** Type of its media: `vide`, `soun`, `text`, ... (section 8.4.3). */
  readonly handler: string
  /** Ticks per second of its media. */
  readonly timescale: number
  /** Duration of its media in ticks, from `mdhd`; 0 if that does not state it. */
  readonly durationTicks: number
  /** Three letters of ISO 639-2; undefined if the file does not state it. */
  readonly language: string | undefined
  readonly edits: readonly Edit[]
  /** The display matrix, 9 fixed-point integers. */
  readonly matrix: readonly number[]
  /** Display size before the matrix is applied, in 1/65536 pixels. */
  readonly shownWidth: number
  readonly shownHeight: number
  readonly boxes: TrackBoxes
}

/** Size of a `tkhd` by version. */
const TKHD_BYTES = { short: 84, long: 96 }

/**
 * Reads a `trak` box.
 *
 * @param window contains it, or its beginning up to its sample tables
 * @throws RangedExtractionError if a required box is missing, duplicated or truncated
 */
export function readTrack (window: Window, trak: Box): Track {
  const boxes = new TrackBoxes(window, trak)
  const media = boxes.require('mdhd', 20)
  const isLong = media.readUInt8(0) === 1
  if (isLong && media.length < 32) throw new RangedExtractionError('the box mdhd is truncated')
  const elst = boxes.find('elst', 8)
  return {
    ...readHeader(boxes.require('tkhd', TKHD_BYTES.short)),
    handler: boxes.require('hdlr', 12).toString('latin1', 8, 12),
    timescale: readTimescale(media, isLong ? 20 : 12),
    durationTicks: readDuration(media, isLong ? 24 : 16, isLong),
    language: readLanguage(media, isLong ? 32 : 20),
    edits: elst === undefined ? [] : readEdits(elst),
    boxes
  }
}

/**
 * Reads a language: three letters of 5 bits each (section 8.4.2.3). The language codes of QuickTime, which are
 * smaller numbers, are not supported.
 */
function readLanguage (media: Buffer, at: number): string | undefined {
  if (media.length < at + 2) return undefined
  const packed = media.readUInt16BE(at)
  const letters = String.fromCharCode(...[10, 5, 0].map((shift) => ((packed >>> shift) & 31) + 0x60))
  return /^[a-z]{3}$/.test(letters) && letters !== 'und' ? letters : undefined
}

/** Reads the ticks per second; an invalid number counts as 1 (libavformat/mov.c, `mov_read_mdhd`). */
function readTimescale (media: Buffer, at: number): number {
  return Math.max(1, media.readInt32BE(at))
}

/** Reads a `tkhd` (section 8.3.2). */
function readHeader (body: Buffer): Pick<Track, 'id' | 'isEnabled' | 'matrix' | 'shownWidth' | 'shownHeight'> {
  const isLong = body.readUInt8(0) === 1
  if (isLong && body.length < TKHD_BYTES.long) throw new RangedExtractionError('the box tkhd is truncated')
  const matrixAt = isLong ? 52 : 40
  return {
    id: body.readUInt32BE(isLong ? 20 : 12),
    isEnabled: (body.readUInt8(3) & 1) === 1,
    matrix: readMatrix(body, matrixAt),
    shownWidth: body.readUInt32BE(matrixAt + 36),
    shownHeight: body.readUInt32BE(matrixAt + 40)
  }
}

/** Reads the 9 numbers of a matrix (section 6.2.2). */
export function readMatrix (body: Buffer, at: number): number[] {
  return Array.from({ length: 9 }, (_, index) => body.readInt32BE(at + 4 * index))
}

/** Reads a duration of 32 or 64 bits. Returns 0 if it is unknown, which all ones stand for. */
export function readDuration (body: Buffer, at: number, isLong: boolean): number {
  if (!isLong) {
    const ticks = body.readUInt32BE(at)
    return ticks === 0xffffffff ? 0 : ticks
  }
  const ticks = body.readBigUInt64BE(at)
  return ticks > BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(ticks)
}
