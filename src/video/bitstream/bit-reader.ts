import { RangedExtractionError } from '../media/ranged-extraction-error.ts'

/** Reads bits, the most significant first. Every method throws RangedExtractionError past the end. */
export class BitReader {
  readonly #data: Uint8Array
  #position = 0

  constructor (data: Uint8Array) {
    this.#data = data
  }

  /** Reads one bit. */
  readFlag (): boolean {
    return this.readBits(1) === 1
  }

  /** Reads an unsigned number of up to 32 bits. */
  readBits (count: number): number {
    let value = 0
    for (let bit = 0; bit < count; bit++) {
      const byte = this.#data[this.#position >>> 3]
      if (byte === undefined) throw new RangedExtractionError('a header ends too early')
      value = value * 2 + ((byte >>> (7 - (this.#position & 7))) & 1)
      this.#position++
    }
    return value
  }

  /** Reads an unsigned Exp-Golomb code (Rec. ITU-T H.264, section 9.1), below 2^32. */
  readUnsignedGolomb (): number {
    let zeros = 0
    while (!this.readFlag()) {
      if (++zeros > 31) throw new RangedExtractionError('a header contains a number out of range')
    }
    return 2 ** zeros - 1 + this.readBits(zeros)
  }

  /** Reads a signed Exp-Golomb code (section 9.1.1). */
  readSignedGolomb (): number {
    const code = this.readUnsignedGolomb()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}

/**
 * Returns the payload of a NAL unit without its emulation prevention bytes: 00 00 03 stands for 00 00 (Rec. ITU-T
 * H.264, section 7.3.1).
 *
 * @param maxBytes limit of the bytes returned
 */
export function unescapePayload (payload: Uint8Array, maxBytes: number): Uint8Array {
  const unescaped = new Uint8Array(Math.min(maxBytes, payload.length))
  let length = 0
  let zeros = 0
  for (const byte of payload) {
    if (length === unescaped.length) break
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    unescaped[length++] = byte
  }
  return unescaped.subarray(0, length)
}
