/**
 * Returns a box (ISO/IEC 14496-12, section 4.2).
 *
 * @param type four characters
 * @param parts its content, in order
 */
export function makeBox (type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([makeUint32s(8 + body.length), Buffer.from(type, 'latin1'), body])
}

/** Returns a box with version 0 and 24 bits of flags. */
export function makeFullBox (type: string, flags: number, ...parts: readonly Buffer[]): Buffer {
  return makeBox(type, makeUint32s(flags), ...parts)
}

/** Returns unsigned 32-bit numbers in big-endian order. */
export function makeUint32s (...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4)
  values.forEach((value, place) => bytes.writeUInt32BE(value, place * 4))
  return bytes
}

/** Returns signed 32-bit numbers in big-endian order. */
export function makeInt32s (...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4)
  values.forEach((value, place) => bytes.writeInt32BE(value, place * 4))
  return bytes
}

/** Returns unsigned 16-bit numbers in big-endian order. */
export function makeUint16s (...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2)
  values.forEach((value, place) => bytes.writeUInt16BE(value, place * 2))
  return bytes
}
