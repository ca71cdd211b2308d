/** Red, green and blue, linear. */
export type Rgb = readonly [number, number, number]

/** Supported primaries: BT.709 (and similar ones), BT.2020 and P3. */
export type Primaries = 'bt709' | 'bt2020' | 'p3'

interface Gamut {
  /** Luminance weights of the channels. */
  readonly luminance: Rgb
  /** Matrix rows that compute red, green and blue of BT.709. */
  readonly toBt709: readonly [Rgb, Rgb, Rgb]
}

const GAMUTS: Readonly<Record<Primaries, Gamut>> = {
  bt709: {
    luminance: [0.2126, 0.7152, 0.0722],
    toBt709: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1]
    ]
  },
  // Rec. ITU-R BT.2407-0, section 2.
  bt2020: {
    luminance: [0.2627, 0.678, 0.0593],
    toBt709: [
      [1.660491, -0.587641, -0.07285],
      [-0.12455, 1.1329, -0.00835],
      [-0.018151, -0.100579, 1.11873]
    ]
  },
  // SMPTE EG 432-1 with the white point D65.
  p3: {
    luminance: [0.228975, 0.691739, 0.079287],
    toBt709: [
      [1.22494, -0.22494, 0],
      [-0.042057, 1.042057, 0],
      [-0.019638, -0.078636, 1.098274]
    ]
  }
}

/** Converts a linear colour to BT.709. Colours outside its gamut have channels below 0 or above 1. */
export function toBt709 (primaries: Primaries, rgb: Rgb): [number, number, number] {
  const [red, green, blue] = GAMUTS[primaries].toBt709
  return [weigh(red, rgb), weigh(green, rgb), weigh(blue, rgb)]
}

/** Returns the luminance of a linear colour. */
export function computeLuminance (primaries: Primaries, rgb: Rgb): number {
  return weigh(GAMUTS[primaries].luminance, rgb)
}

function weigh (weights: Rgb, [red, green, blue]: Rgb): number {
  return weights[0] * red + weights[1] * green + weights[2] * blue
}
