import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { buildLut, lutFileName, writeLut } from '../../../../src/video/decode/colour/lut-3d.ts'

const HEADER = 'P6\n512 512\n65535\n'
const P3 = { transfer: 'sdr', primaries: 'p3' } as const

t.test('builds a picture of 64 cubed colours, red fastest', async (t) => {
  const lut = await buildLut({ transfer: 'sdr', primaries: 'bt709' })
  t.equal(lut.toString('latin1', 0, HEADER.length), HEADER)
  t.equal(lut.length, HEADER.length + 64 ** 3 * 6)
  const node = (red: number, green: number, blue: number) =>
    [0, 2, 4].map((at) => lut.readUInt16BE(HEADER.length + ((blue * 64 + green) * 64 + red) * 6 + at))
  t.same(
    [node(63, 0, 0), node(0, 63, 0), node(0, 0, 63), node(63, 63, 63)],
    [
      [65535, 0, 0],
      [0, 65535, 0],
      [0, 0, 65535],
      [65535, 65535, 65535]
    ]
  )
  t.same(node(21, 42, 0), [21845, 43690, 0], 'no change without a conversion')
})

t.test('builds the LUT once, and writes it under its name', async (t) => {
  const directory = t.testdir()
  await writeLut(directory, P3)
  await writeLut(directory, P3)
  t.equal(lutFileName(P3), 'sdr-p3.ppm')
  t.ok((await readFile(join(directory, 'sdr-p3.ppm'))).equals(await buildLut(P3)))
  t.equal(buildLut(P3), buildLut(P3))
})
