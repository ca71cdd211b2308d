// Rec. ITU-R BT.2100-2, table 4: the PQ constants.
const M1 = 2610 / 16384
const M2 = (2523 / 4096) * 128
const C1 = 3424 / 4096
const C2 = (2413 / 4096) * 32
const C3 = (2392 / 4096) * 32
/** Light of the PQ code 1, in nits. */
const PQ_PEAK_NITS = 10_000

/** Decodes a PQ code (0 to 1) to light in nits (BT.2100-2, table 4, EOTF). */
export function decodePq (code: number): number {
  const power = code ** (1 / M2)
  return PQ_PEAK_NITS * (Math.max(power - C1, 0) / (C2 - C3 * power)) ** (1 / M1)
}

/** Encodes light in nits to a PQ code (BT.2100-2, table 4, inverse EOTF). */
export function encodePq (nits: number): number {
  const power = (Math.max(nits, 0) / PQ_PEAK_NITS) ** M1
  return ((C1 + C2 * power) / (1 + C3 * power)) ** M2
}

// BT.2100-2, table 5: the HLG constants.
const A = 0.17883277
const B = 1 - 4 * A
const C = 0.5 - A * Math.log(4 * A)

/** Decodes an HLG code to scene light, 0 to 1 (BT.2100-2, table 5, inverse OETF). */
export function decodeHlg (code: number): number {
  return code <= 0.5 ? (code * code) / 3 : (Math.exp((code - C) / A) + B) / 12
}

/** The gamma of a reference SDR display (Rec. ITU-R BT.1886, black at 0). */
const SDR_GAMMA = 2.4

/** Decodes an SDR code to light, both 0 to 1. */
export function decodeSdr (code: number): number {
  return code ** SDR_GAMMA
}

/** Encodes light to an SDR code, both 0 to 1. */
export function encodeSdr (light: number): number {
  return light ** (1 / SDR_GAMMA)
}
