import t from 'tap'
import { isTrueKeyFrame } from '../../../src/video/bitstream/key-frame.ts'
import { makeAvcConfig, makeRecoveryPoint, makeSlice, makeSps, packBits, packUnits } from './bits.ts'
import type { VideoCodec } from '../../../src/video/media/track.ts'

const avcConfig = makeAvcConfig(makeSps({ isFramesOnly: true }))
const hevcConfig = Buffer.alloc(23, 0xff)
const EMPTY = Buffer.alloc(0)
const intra = makeSlice({ type: 7 })

/** Returns the names of the cases with an unexpected result. */
const findWrong = (codec: VideoCodec, codecConfig: Buffer, cases: ReadonlyArray<readonly [string, Buffer, boolean]>) =>
  cases.filter(([, data, expected]) => isTrueKeyFrame({ codec, codecConfig }, data) !== expected).map(([name]) => name)

t.test('detects the key frames of H.264', async (t) => {
  t.same(
    findWrong('h264', avcConfig, [
      ['IDR', packUnits(Buffer.from([9, 0x10]), makeSlice({ header: 0x65, type: 7 })), true],
      ['intra without a recovery point', packUnits(intra), false],
      ['recovery point', packUnits(makeRecoveryPoint(), intra), true],
      ['recovery point of a later picture', packUnits(makeRecoveryPoint({ frames: 12 }), intra), false],
      ['recovery point that is not exact', packUnits(makeRecoveryPoint({ isExact: false }), intra), false],
      ['recovery point of an inter picture', packUnits(makeRecoveryPoint(), makeSlice({ type: 5 })), false],
      ['another message', packUnits(Buffer.from([6, 5, 1, 6, 0x80]), intra), false],
      ['a message with a wrong size', packUnits(Buffer.from([6, 0xff, 0xff, 0xff]), intra), false],
      ['no slice', packUnits(Buffer.from([9, 0x10])), false]
    ]),
    []
  )
})

t.test('detects the key frames of HEVC by their types', async (t) => {
  const slice = (type: number, layer = 0) =>
    packUnits(Buffer.from([35 << 1, 1, 0]), Buffer.from([(type << 1) | (layer >> 5), ((layer & 31) << 3) | 1, 0x80]))
  t.same(
    findWrong(
      'hevc',
      hevcConfig,
      Array.from({ length: 32 }, (_, type) => [`type ${type}`, slice(type), type >= 16 && type <= 21])
    ),
    []
  )
  t.same(findWrong('hevc', hevcConfig, [['another layer', slice(19, 1), false]]), [])
  t.throws(() => isTrueKeyFrame({ codec: 'hevc', codecConfig: hevcConfig }, packUnits(Buffer.from([38]))), {
    name: 'RangedExtractionError'
  })
})

t.test('detects the key frames of VP8', async (t) => {
  const frame = (tag: string) => Buffer.from(tag + '9d012a4001c000', 'hex')
  t.same(
    findWrong('vp8', EMPTY, [
      ['key', frame('501300'), true],
      ['inter', frame('511300'), false],
      ['no start code', Buffer.alloc(20), false],
      ['short', Buffer.from('501300', 'hex'), false]
    ]),
    []
  )
})

t.test('detects the key frames of VP9', async (t) => {
  const SYNC = '01001001 10000011 01000010'
  t.same(
    findWrong('vp9', EMPTY, [
      ['key', packBits(`10 00 0 0 1 0 ${SYNC}`), true],
      ['key of profile 2', packBits(`10 01 0 0 1 0 ${SYNC}`), true],
      ['key of profile 3', packBits(`10 11 0 0 0 1 0 ${SYNC}`), true],
      ['reserved profile', packBits(`10 11 1 0 0 1 0 ${SYNC}`), false],
      ['inter', packBits(`10 00 0 1 1 0 ${SYNC}`), false],
      ['shows another', packBits(`10 00 1 000 ${SYNC} 0`), false],
      ['no marker', packBits(`00 00 0 0 1 0 ${SYNC}`), false],
      ['no sync code', packBits(`10 00 0 0 1 0 ${'0'.repeat(24)}`), false],
      ['short', packBits('10 00 0 0 1 0'), false]
    ]),
    []
  )
})

t.test('detects the key frames of AV1', async (t) => {
  const unit = (type: number, bits: string) =>
    Buffer.concat([Buffer.from([(type << 3) | 2, packBits(bits).length]), packBits(bits)])
  const delimiter = Buffer.from([(2 << 3) | 2, 0])
  const sequence = unit(1, '000 0 0 000')
  const still = unit(1, '000 1 1 000')
  const key = unit(6, '0 00 1 0000')
  t.same(
    findWrong('av1', EMPTY, [
      ['key', Buffer.concat([delimiter, sequence, key]), true],
      ['key in a header of its own', Buffer.concat([sequence, unit(3, '0 00 1')]), true],
      ['still picture', Buffer.concat([still, unit(6, '1111 1111')]), true],
      ['without a sequence header', key, false],
      ['key that is shown later', Buffer.concat([sequence, unit(6, '0 00 0')]), false],
      ['inter', Buffer.concat([sequence, unit(6, '0 01 1')]), false],
      ['intra only', Buffer.concat([sequence, unit(6, '0 10 1')]), false],
      ['shows another', Buffer.concat([sequence, unit(3, '1 000')]), false],
      ['no frame', Buffer.concat([delimiter, sequence]), false],
      ['the last unit without its size', Buffer.concat([sequence, Buffer.from([6 << 3]), packBits('0 00 1')]), true]
    ]),
    []
  )
  t.same(
    findWrong('av1', Buffer.concat([Buffer.from([0x81, 0, 0, 0]), sequence]), [['sequence header in av1C', key, true]]),
    []
  )
  for (const hex of ['ff', '1205', '12', '12ffffffffffffffffff']) {
    t.throws(
      () => isTrueKeyFrame({ codec: 'av1', codecConfig: EMPTY }, Buffer.from(hex, 'hex')),
      { name: 'RangedExtractionError' },
      hex
    )
  }
})
