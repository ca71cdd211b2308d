import t from 'tap'
import { convertLight, DECODERS, type Transfer } from '../../../../src/video/decode/colour/conversion.ts'
import type { Primaries } from '../../../../src/video/decode/colour/primaries.ts'
import { rollOff } from '../../../../src/video/decode/colour/tone-map.ts'
import { decodeHlg, decodePq, encodePq } from '../../../../src/video/decode/colour/transfer-functions.ts'

const about = (actual: number, expected: number, within: number) => Math.abs(actual - expected) <= within
/** A colour by its codes, in 255ths. */
const convert = (transfer: Transfer, primaries: Primaries, codes: readonly [number, number, number]) => {
  const decode = DECODERS[transfer]
  return convertLight({ transfer, primaries }, [decode(codes[0]), decode(codes[1]), decode(codes[2])]).map(
    (code) => code * 255
  )
}

t.test('decodes PQ and HLG to the values in BT.2408', async (t) => {
  for (const [nits, code] of [
    [100, 0.508],
    [203, 0.581],
    [1000, 0.752],
    [4000, 0.903],
    [10_000, 1]
  ] as const) {
    t.ok(about(encodePq(nits), code, 0.0005), `${nits} nits: ${encodePq(nits)}`)
    t.ok(about(decodePq(encodePq(nits)), nits, nits * 1e-6))
  }
  for (const [code, light] of [
    [0, 0],
    [0.5, 1 / 12],
    [0.75, 0.265],
    [1, 1]
  ] as const) { t.ok(about(decodeHlg(code), light, 0.0005), `${code}: ${decodeHlg(code)}`) }
})

t.test('keeps dark levels, maps the peak to white, and is monotonic', async (t) => {
  for (const nits of [0, 1, 50, 85]) t.equal(rollOff(nits), nits)
  t.ok(about(rollOff(203), 160, 2), `${rollOff(203)}`)
  t.ok(about(rollOff(1000), 203, 0.01))
  t.equal(rollOff(10_000), rollOff(1000), 'what lies above the peak is white too')
  const rising = Array.from({ length: 1000 }, (_, nits) => rollOff(nits))
  t.ok(rising.every((light, nits) => light <= nits + 1e-9 && light >= (rising[nits - 1] ?? 0)))
})

t.test('converts grey to the same grey with all primaries', async (t) => {
  for (const primaries of ['bt709', 'bt2020', 'p3'] as const) {
    for (const [transfer, code, grey] of [
      ['pq', 0.508, 189],
      ['pq', 0.581, 231],
      ['pq', 1, 255],
      ['hlg', 0.5, 143],
      ['hlg', 0.75, 231],
      ['hlg', 1, 255],
      ['sdr', 0.6, 153]
    ] as const) {
      const seen = convert(transfer, primaries, [code, code, code])
      t.ok(
        seen.every((channel) => about(channel, grey, 1.5)),
        `${transfer} ${code} in ${primaries}: ${seen.join(' ')}`
      )
    }
  }
})

t.test('keeps hue in bright light, and clips what BT.709 cannot show', async (t) => {
  const [red = 0, green = 0, blue = 0] = convert('pq', 'bt709', [0.75, 0.6, 0.6])
  t.ok(red > 250 && about(green, blue, 0.01) && green < 150, 'a bright red does not go white')
  t.same(convert('sdr', 'bt2020', [0, 1, 0]).map(Math.round), [0, 255, 0])
  const [, , low = 0] = convert('sdr', 'bt2020', [1, 1, 0])
  t.equal(low, 0)
})

t.test('converts HLG by luminance, not per channel', async (t) => {
  // The scene's light 1/12, 1/12 * 0.5... weighs by Y^0.2 alike for all channels, so that their ratio stays.
  const light = convertLight({ transfer: 'hlg', primaries: 'bt709' }, [0.02, 0.01, 0.01])
  t.ok(about((light[0] / light[1]) ** 2.4, 2, 1e-6))
})
