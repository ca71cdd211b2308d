/**
 * Returns a box (ISO/IEC 14496-12, section 4.2).
 *
 * @param type four characters
 * @param parts its payload
 */
export function makeBox (type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([makeUint32s(8 + body.length), Buffer.from(type, 'latin1'), body])
}

/** Returns a box with version 0 and 24 bits of flags. */
export function makeFullBox (type: string, flags: number, ...parts: readonly Buffer[]): Buffer {
  return makeBox(type, makeUint32s(flags), ...parts)
}

/** Encodes unsigned 32-bit numbers, big-endian. */
export function makeUint32s (...values: readonly number[]): Buffer {
  const data = Buffer.allocUnsafe(values.length * 4)
  values.forEach((value, index) => data.writeUInt32BE(value, index * 4))
  return data
}

/** Encodes signed 32-bit numbers, big-endian. */
export function makeInt32s (...values: readonly number[]): Buffer {
  const data = Buffer.allocUnsafe(values.length * 4)
  values.forEach((value, index) => data.writeInt32BE(value, index * 4))
  return data
}

/** Encodes unsigned 16-bit numbers, big-endian. */
export function makeUint16s (...values: readonly number[]): Buffer {
  const data = Buffer.allocUnsafe(values.length * 2)
  values.forEach((value, index) => data.writeUInt16BE(value, index * 2))
  return data
}
