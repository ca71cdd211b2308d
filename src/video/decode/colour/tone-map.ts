import { decodePq, encodePq } from './transfer-functions.ts'

/**
 * The brightest light that is distinguished. Fixed, because the mastering display metadata of files is too often
 * wrong (0.005 and 10,000 nits occur) and is in boxes that a remuxed segment lacks. Most HDR is graded for 1,000
 * nits, HLG by definition.
 */
export const SOURCE_PEAK_NITS = 1000
/** The light of SDR's white in an HDR scene (Rec. ITU-R BT.2408-7, section 2.1). */
export const SDR_WHITE_NITS = 203

const SOURCE_PEAK = encodePq(SOURCE_PEAK_NITS)
const TARGET_PEAK = encodePq(SDR_WHITE_NITS) / SOURCE_PEAK
const KNEE = 1.5 * TARGET_PEAK - 0.5

/**
 * Compresses light of up to 1,000 nits to the 203 nits of SDR white: unchanged up to the knee at about 90 nits, then
 * rolled off (Rec. ITU-R BT.2390-10, section 5.4.1, black at 0).
 */
export function rollOff (nits: number): number {
  const code = Math.min(encodePq(nits) / SOURCE_PEAK, 1)
  return code <= KNEE ? Math.min(nits, SDR_WHITE_NITS) : decodePq(bend(code) * SOURCE_PEAK)
}

/** Evaluates the Hermite spline from the knee to the target peak. */
function bend (code: number): number {
  const t = (code - KNEE) / (1 - KNEE)
  return (
    (2 * t ** 3 - 3 * t ** 2 + 1) * KNEE +
    (t ** 3 - 2 * t ** 2 + t) * (1 - KNEE) +
    (-2 * t ** 3 + 3 * t ** 2) * TARGET_PEAK
  )
}
