// Converts HDR and wide gamuts to SDR in BT.709, by the formulae of ITU-R BT.2100, BT.2390 and BT.2087, in floating
// point throughout. The service applies a 3D LUT that other code derives from the same standards.
import type { FrameKind } from './frame-list.ts'

/** Red, green and blue; codes from 0 to 1, or light. */
export type Triple = readonly [number, number, number]

const PEAK_NITS = 1000
const WHITE_NITS = 203

const FROM_BT2020: readonly Triple[] = [
  [1.660491, -0.587641, -0.07285],
  [-0.12455, 1.1329, -0.00835],
  [-0.018151, -0.100579, 1.11873]
]
const FROM_P3: readonly Triple[] = [
  [1.22494, -0.22494, 0],
  [-0.042057, 1.042057, 0],
  [-0.019638, -0.078636, 1.098274]
]

const isUntagged = (name: string) => ['unknown', 'unspecified', 'reserved', 'gbr'].includes(name)

/** Returns whether the primaries are BT.2020; untagged primaries follow the matrix and the transfer function. */
export function isBt2020 ({ primaries, space, transfer }: FrameKind): boolean {
  if (!isUntagged(primaries)) return primaries === 'bt2020'
  return space.startsWith('bt2020') || transfer === 'smpte2084' || transfer === 'arib-std-b67'
}

/**
 * Returns the conversion of a frame's codes to SDR in BT.709; undefined if they are SDR in BT.709 already. It clamps
 * codes to the range from 0 to 1, where 1 is the peak of the display (BT.2100). Without clamping, a white of 101 %
 * would turn pink, because the roll-off of its largest channel scales the others too.
 */
export function sdrConversion (kind: FrameKind): ((codes: Triple) => Triple) | undefined {
  const convert = unclampedConversion(kind)
  return convert && ((codes) => convert(map(codes, (code) => Math.min(1, Math.max(0, code)))))
}

function unclampedConversion (kind: FrameKind): ((codes: Triple) => Triple) | undefined {
  const gamut = isBt2020(kind) ? FROM_BT2020 : ['smpte431', 'smpte432'].includes(kind.primaries) ? FROM_P3 : undefined
  if (kind.transfer === 'smpte2084') return (codes) => showHdr(map(codes, decodePq), gamut)
  if (kind.transfer === 'arib-std-b67') return (codes) => showHdr(displayHlg(map(codes, decodeHlg)), gamut)
  return (
    gamut &&
    ((codes) =>
      encodeSdr(
        multiply(
          gamut,
          map(codes, (code) => code ** 2.4)
        )
      ))
  )
}

function showHdr (nits: Triple, gamut: readonly Triple[] | undefined): Triple {
  const light = gamut === undefined ? nits : multiply(gamut, nits)
  const most = Math.max(...light)
  if (most <= 0) return [0, 0, 0]
  const scale = rollOff(most) / most / WHITE_NITS
  return encodeSdr(map(light, (value) => value * scale))
}

function encodeSdr (light: Triple): Triple {
  return map(light, (value) => Math.min(1, Math.max(0, value)) ** (1 / 2.4))
}

// SMPTE ST 2084.
const [M1, M2, C1, C2, C3] = [2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128]

function decodePq (code: number): number {
  const power = Math.max(0, code) ** (1 / M2)
  return 10_000 * (Math.max(0, power - C1) / (C2 - C3 * power)) ** (1 / M1)
}

function encodePq (nits: number): number {
  const power = (nits / 10_000) ** M1
  return ((C1 + C2 * power) / (1 + C3 * power)) ** M2
}

/** Returns scene light from 0 to 1 (BT.2100, table 5). */
function decodeHlg (code: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073]
  return code <= 0.5 ? Math.max(0, code) ** 2 / 3 : (Math.exp((code - c) / a) + b) / 12
}

/** Returns the light on a display of 1,000 nits (BT.2100, table 5, gamma 1.2). */
function displayHlg (scene: Triple): Triple {
  const luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2]
  return map(scene, (value) => PEAK_NITS * luminance ** 0.2 * value)
}

/** Applies the EETF of BT.2390, section 5.4.1, with black at 0. */
function rollOff (nits: number): number {
  const peak = encodePq(PEAK_NITS)
  const most = encodePq(WHITE_NITS) / peak
  const knee = 1.5 * most - 0.5
  const value = Math.min(1, encodePq(nits) / peak)
  if (value < knee) return decodePq(value * peak)
  const t = (value - knee) / (1 - knee)
  const spline =
    (2 * t ** 3 - 3 * t ** 2 + 1) * knee + (t ** 3 - 2 * t ** 2 + t) * (1 - knee) + (-2 * t ** 3 + 3 * t ** 2) * most
  return decodePq(spline * peak)
}

function map ([red, green, blue]: Triple, change: (value: number) => number): Triple {
  return [change(red), change(green), change(blue)]
}

function multiply (rows: readonly Triple[], [red, green, blue]: Triple): Triple {
  const [first = 0, second = 0, third = 0] = rows.map((row) => row[0] * red + row[1] * green + row[2] * blue)
  return [first, second, third]
}
