import { type Primaries, type Rgb, computeLuminance, toBt709 } from './primaries.ts'
import { SDR_WHITE_NITS, SOURCE_PEAK_NITS, rollOff } from './tone-map.ts'
import { decodeHlg, decodePq, decodeSdr, encodeSdr } from './transfer-functions.ts'

/** Transfer function: PQ and HLG of HDR, or SDR. */
export type Transfer = 'pq' | 'hlg' | 'sdr'

/** Colours to convert to SDR in BT.709: a transfer function and primaries. */
export interface Conversion {
  readonly transfer: Transfer
  readonly primaries: Primaries
}

/** The system gamma of HLG on a display of 1,000 nits (Rec. ITU-R BT.2100-2, table 5). */
const HLG_SYSTEM_GAMMA = 1.2

/** Functions that decode a code of 0 to 1 to light: nits for PQ, scene light for HLG, display light for SDR. */
export const DECODERS: Readonly<Record<Transfer, (code: number) => number>> = {
  pq: decodePq,
  hlg: decodeHlg,
  sdr: decodeSdr
}

/**
 * Converts linear light to codes of 0 to 1 of an SDR picture in BT.709. HDR display light is rolled off by its
 * strongest channel, which keeps the hue; colours outside the gamut are then clipped.
 *
 * @param rgb linear light, as returned by `DECODERS`
 */
export function convertLight ({ transfer, primaries }: Conversion, rgb: Rgb): Rgb {
  const shown = toBt709(primaries, transfer === 'hlg' ? showHlg(primaries, rgb) : rgb)
  const strongest = Math.max(...shown, 1e-6)
  const scale = transfer === 'sdr' ? 1 : rollOff(strongest) / strongest / SDR_WHITE_NITS
  return [encode(shown[0] * scale), encode(shown[1] * scale), encode(shown[2] * scale)]
}

/** Converts scene light to the light of a display of 1,000 nits (BT.2100-2, table 5, OOTF). */
function showHlg (primaries: Primaries, rgb: Rgb): Rgb {
  const gain = SOURCE_PEAK_NITS * computeLuminance(primaries, rgb) ** (HLG_SYSTEM_GAMMA - 1)
  return [rgb[0] * gain, rgb[1] * gain, rgb[2] * gain]
}

function encode (light: number): number {
  return encodeSdr(Math.min(Math.max(light, 0), 1))
}
