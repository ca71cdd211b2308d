/** Packs binary digits into bytes, padded with zeros; white space is ignored. */
export function packBits (bits: string): Buffer {
  const digits = bits.replaceAll(/\s/g, '')
  const bytes = digits.match(/.{1,8}/g) ?? []
  return Buffer.from(bytes.map((byte) => parseInt(byte.padEnd(8, '0'), 2)))
}

/** An unsigned Exp-Golomb code (Rec. ITU-T H.264, section 9.1). */
export function golomb (value: number): string {
  const binary = (value + 1).toString(2)
  return '0'.repeat(binary.length - 1) + binary
}

/** Packs NAL units into a packet, each after a length of 4 bytes. */
export function packUnits (...units: readonly Buffer[]): Buffer {
  return Buffer.concat(
    units.flatMap((unit) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(unit.length)
      return [length, unit]
    })
  )
}

/** Builds a NAL unit from a header byte and bits, followed by the stop bit. */
export const unit = (header: number, bits: string): Buffer =>
  Buffer.concat([Buffer.from([header]), packBits(bits + '1')])

/** Builds a sequence parameter set of the baseline profile with id 0 and frame numbers of 4 bits. */
export const makeSps = ({ isFramesOnly }: { isFramesOnly: boolean }): Buffer =>
  unit(
    0x67,
    `01000010 00000000 00011110 ${golomb(0)} ${golomb(0)} ${golomb(2)} ${golomb(1)} 0 ${golomb(9)} ${golomb(5)} ${isFramesOnly ? '1' : '00'} 1 0`
  )

/** Builds an `avcC` record with one sequence and one picture parameter set, both with id 0. */
export function makeAvcConfig (sps: Buffer): Buffer {
  const pps = unit(0x68, `${golomb(0)} ${golomb(0)}`)
  const length = (set: Buffer) => Buffer.from([0, set.length])
  return Buffer.concat([Buffer.from([1, 66, 0, 30, 0xff, 0xe1]), length(sps), sps, Buffer.from([1]), length(pps), pps])
}

/** Builds the beginning of a slice. */
export function makeSlice ({
  header = 0x41,
  type = 0,
  field = ''
}: { header?: number, type?: number, field?: '' | 'frame' | 'top' | 'bottom' } = {}): Buffer {
  const structure = { '': '', frame: '0', top: '10', bottom: '11' }[field]
  return unit(header, `${golomb(0)} ${golomb(type)} ${golomb(0)} 0011 ${structure} 1010`)
}

/** Builds a recovery point SEI. */
export function makeRecoveryPoint (
  { frames = 0, isExact = true }: { frames?: number, isExact?: boolean } = {}
): Buffer {
  const payload = packBits(`${golomb(frames)} ${isExact ? '1' : '0'} 0 00 1`)
  return Buffer.concat([Buffer.from([6, 5, 2, 0xaa, 0xbb, 6, payload.length]), payload, Buffer.from([0x80])])
}
