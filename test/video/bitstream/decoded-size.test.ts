import t from 'tap'
import { readDecodedSize } from '../../../src/video/bitstream/decoded-size.ts'
import type { VideoCodec } from '../../../src/video/media/track.ts'
import { golomb, makeAvcConfig, makeSps, unit } from './bits.ts'

const read = (codec: VideoCodec, codecConfig: Buffer, width: number, height: number) =>
  readDecodedSize({ codec, codecConfig, width, height })

/** Baseline profile, 10 x 6 macroblocks, pixels cropped by chroma samples. */
const makeCroppedSps = (left: number, right: number, top: number, bottom: number) =>
  unit(
    0x67,
    `01000010 00000000 00011110 ${golomb(0)} ${golomb(0)} ${golomb(2)} ${golomb(1)} 0 ${golomb(9)} ${golomb(5)} 1 1
    1 ${[left, right, top, bottom].map(golomb).join(' ')}`
  )

t.test('returns the size of the parameter sets of H.264, whatever the container states', async (t) => {
  const config = makeAvcConfig(makeCroppedSps(1, 0, 0, 2))
  t.same(read('h264', config, 160, 96), { width: 158, height: 92 })
  t.same(read('h264', config, 1920, 1080), { width: 158, height: 92 })
  t.same(read('h264', config, 150, 92), { width: 158, height: 92 }, 'cropped on the left: the container does not crop')
})

t.test('returns the size of the container if it lacks less than a macroblock, as libavcodec does', async (t) => {
  const config = makeAvcConfig(makeSps({ isFramesOnly: true }))
  t.same(read('h264', config, 160, 90), { width: 160, height: 90 })
  t.same(read('h264', config, 145, 81), { width: 145, height: 81 })
  t.same(read('h264', config, 144, 96), { width: 160, height: 96 })
  t.same(read('h264', config, 0, 0), { width: 160, height: 96 })
})

t.test('returns the size of the container without parameter sets', async (t) => {
  t.same(read('h264', Buffer.from([1, 66, 0, 30, 0xff, 0xe0, 0]), 64, 48), { width: 64, height: 48 })
  t.same(read('hevc', Buffer.alloc(23), 64, 48), { width: 64, height: 48 })
  t.same(read('vp9', Buffer.alloc(0), 64, 48), { width: 64, height: 48 })
})

interface HevcPlan {
  readonly chromaFormat: number
  readonly window?: readonly number[]
  readonly subLayers?: number
  readonly layer?: number
}

/** A sequence parameter set of HEVC of 336 x 192 pixels. */
function makeHevcSps ({ chromaFormat, window, subLayers = 0, layer = 0 }: HevcPlan): Buffer {
  const reserved = subLayers > 0 ? '00'.repeat(8 - subLayers) : ''
  const profiles = '11'.repeat(subLayers) + reserved + '1'.repeat(96 * subLayers)
  // Bytes other than zero, so that no emulation prevention is needed.
  const bits = `0001 ${subLayers.toString(2).padStart(3, '0')} 1 ${'1'.repeat(96)} ${profiles} ${golomb(0)}
    ${golomb(chromaFormat)} ${chromaFormat === 3 ? '0' : ''} ${golomb(336)} ${golomb(192)}
    ${window === undefined ? '0' : `1 ${window.map(golomb).join(' ')}`}
    ${golomb(0)} ${golomb(0)} ${golomb(4)} 0 ${golomb(1)} ${golomb(0)} ${golomb(0)} 1111`
  return Buffer.concat([Buffer.from([0x42]), unit(layer * 8 + 1, bits)])
}

function makeHevcConfig (...sets: readonly Buffer[]): Buffer {
  const units = sets.map((set) => Buffer.concat([Buffer.from([0xa1, 0, 1, 0, set.length]), set]))
  return Buffer.concat([Buffer.alloc(22), Buffer.from([sets.length]), ...units])
}

t.test('returns the size within the conformance window of HEVC', async (t) => {
  const cases: Array<[HevcPlan, number, number]> = [
    [{ chromaFormat: 1 }, 336, 192],
    [{ chromaFormat: 1, window: [5, 0, 1, 2] }, 326, 186],
    [{ chromaFormat: 2, window: [5, 0, 1, 2] }, 326, 189],
    [{ chromaFormat: 3, window: [5, 0, 1, 2] }, 331, 189],
    [{ chromaFormat: 0, window: [5, 0, 1, 2] }, 331, 189],
    [{ chromaFormat: 1, window: [5, 0, 1, 2], subLayers: 3 }, 326, 186]
  ]
  for (const [plan, width, height] of cases) {
    t.same(read('hevc', makeHevcConfig(makeHevcSps(plan)), 1, 1), { width, height }, JSON.stringify(plan))
  }
})

t.test('leaves sets of several sizes to the container, and reads the base layer only', async (t) => {
  const [whole, cropped] = [makeHevcSps({ chromaFormat: 1 }), makeHevcSps({ chromaFormat: 1, window: [5, 0, 0, 0] })]
  t.same(read('hevc', makeHevcConfig(whole, cropped), 320, 180), { width: 320, height: 180 })
  t.same(
    read('hevc', makeHevcConfig(cropped, makeHevcSps({ chromaFormat: 1, layer: 1 })), 320, 180),
    { width: 326, height: 192 }
  )
})

t.test('rejects malformed configurations', async (t) => {
  const whole = makeHevcConfig(makeHevcSps({ chromaFormat: 1 }))
  for (const length of [24, 27, 40, whole.length - 1]) {
    t.throws(() => read('hevc', whole.subarray(0, length), 1, 1), { name: 'RangedExtractionError' }, `${length} bytes`)
  }
  t.throws(() => read('hevc', makeHevcConfig(Buffer.from([0x42])), 1, 1), { name: 'RangedExtractionError' })
})
