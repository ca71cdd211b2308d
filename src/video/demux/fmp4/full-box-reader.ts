import type { Box, Window } from '../mp4/box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/**
 * Reads the fields of a full box (ISO/IEC 14496-12, section 4.2), one after the other. Its flags say which of the
 * optional ones are present. Every method throws RangedExtractionError past the end of the box.
 */
export class FullBoxReader {
  readonly version: number
  readonly flags: number
  readonly #type: string
  readonly #data: Buffer
  readonly #end: number
  #at: number

  /** @param window holds the whole box */
  constructor ({ offset, data }: Window, box: Box) {
    this.#type = box.type
    this.#data = data
    this.#at = box.bodyStart - offset
    this.#end = box.end - offset
    const versionAndFlags = this.readUint32()
    this.version = versionAndFlags >>> 24
    this.flags = versionAndFlags & 0xffffff
  }

  /** Offset in the window of the next field. */
  get position (): number {
    return this.#at
  }

  /** Bytes from there to the end of the box. */
  get remainingBytes (): number {
    return this.#end - this.#at
  }

  /** Returns whether a flag is set. */
  has (flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /** Reads an unsigned 32-bit number. */
  readUint32 (): number {
    this.#advance(4)
    return this.#data.readUInt32BE(this.#at - 4)
  }

  /** Reads an unsigned 64-bit number; past 2^53 it is rounded. */
  readUint64 (): number {
    this.#advance(8)
    return Number(this.#data.readBigUInt64BE(this.#at - 8))
  }

  /** Reads the 32-bit field that is present if a flag is set; returns undefined if it is not. */
  readOptionalUint32 (flag: number): number | undefined {
    return this.has(flag) ? this.readUint32() : undefined
  }

  /** Like `readOptionalUint32`, for a field of 64 bits. */
  readOptionalUint64 (flag: number): number | undefined {
    return this.has(flag) ? this.readUint64() : undefined
  }

  #advance (bytes: number): void {
    if (this.#at + bytes > this.#end) throw new RangedExtractionError(`the box ${this.#type} is truncated`)
    this.#at += bytes
  }
}
