import type { Box, Window } from '../../../../src/video/demux/mp4/box.ts'

/** Encodes 32-bit numbers. */
export function words (...numbers: number[]): Buffer {
  const data = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) data.writeUInt32BE(number >>> 0, 4 * index)
  return data
}

/** Builds a box with a 32-bit size. */
export function box (type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([words(body.length + 8), Buffer.from(type, 'latin1'), body])
}

/** Returns bytes as a window at an offset of a file, and the box that they begin with. */
export function place (data: Buffer, offset = 0): { window: Window, box: Box } {
  return {
    window: { offset, data },
    box: {
      type: data.toString('latin1', 4, 8),
      start: offset,
      bodyStart: offset + 8,
      end: offset + data.readUInt32BE(0)
    }
  }
}

/** Builds a `moof` with one `traf` of track 1, whose `trun` has a data offset and rows of duration and size. */
export function moof (
  decodeTime: number,
  rows: ReadonlyArray<readonly [duration: number, size: number]>,
  ...more: Buffer[]
): Buffer {
  const trun = box('trun', words(0x301, rows.length, 1000), ...rows.map((row) => words(...row)))
  return box(
    'moof',
    box('mfhd', words(0, 1)),
    box('traf', box('tfhd', words(0x020000, 1)), box('tfdt', words(0, decodeTime)), trun, ...more)
  )
}
