import t from 'tap'
import { readParameterSets } from '../../../src/video/bitstream/h264-headers.ts'
import { golomb, makeAvcConfig, makeSps, unit } from './bits.ts'

/**
 * High profile 4:2:0, 120 by 34 map units of two fields each, 8 lines cropped at the bottom: 1920 x 1080 interlaced.
 */
const INTERLACED = unit(
  0x67,
  `01100100 00000000 00101000 ${golomb(0)} ${golomb(1)} ${golomb(0)} ${golomb(0)} 0 0
  ${golomb(0)} ${golomb(2)} ${golomb(1)} 0 ${golomb(119)} ${golomb(33)} 0 1 1 1 ${golomb(0)} ${golomb(0)} ${golomb(0)} ${golomb(2)}`
)

t.test('reads the size from the sequence parameter set', async (t) => {
  const readSizes = (sps: Buffer) => [...readParameterSets(makeAvcConfig(sps)).sequences.values()]
  t.match(readSizes(makeSps({ isFramesOnly: true })), [{ width: 160, height: 96, isShifted: false }])
  t.match(readSizes(INTERLACED), [{ width: 1920, height: 1080, isShifted: false }])
})
