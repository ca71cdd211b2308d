import t from 'tap'
import { predictCodedSize } from '../../../src/video/bitstream/coded-size.ts'
import { golomb, makeAvcConfig, makeSps, unit } from './bits.ts'

const CONTAINER = { width: 65535, height: 65535 }

/**
 * High profile 4:2:0, 120 by 34 map units of two fields each, 8 lines cropped at the bottom: 1920 x 1080 interlaced.
 */
const INTERLACED = unit(
  0x67,
  `01100100 00000000 00101000 ${golomb(0)} ${golomb(1)} ${golomb(0)} ${golomb(0)} 0 0
  ${golomb(0)} ${golomb(2)} ${golomb(1)} 0 ${golomb(119)} ${golomb(33)} 0 1 1 1 ${golomb(0)} ${golomb(0)} ${golomb(0)} ${golomb(2)}`
)

t.test('an H.264 configuration says the size, not the container', async (t) => {
  t.same(
    predictCodedSize({ codec: 'h264', codecConfig: makeAvcConfig(makeSps({ isFramesOnly: true })), ...CONTAINER }),
    { width: 160, height: 96 }
  )
  t.same(predictCodedSize({ codec: 'h264', codecConfig: makeAvcConfig(INTERLACED), ...CONTAINER }), {
    width: 1920,
    height: 1080
  })
})

t.test('without one parameter set the container has the word', async (t) => {
  t.same(
    predictCodedSize({ codec: 'h264', codecConfig: Buffer.from([1, 66, 0, 30, 0xff, 0xe0, 0]), ...CONTAINER }),
    CONTAINER
  )
  t.same(predictCodedSize({ codec: 'hevc', codecConfig: Buffer.alloc(23), ...CONTAINER }), CONTAINER)
})
