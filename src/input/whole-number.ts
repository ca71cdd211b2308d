/**
 * Returns a whole number that came from outside, as a number or as decimal digits; undefined for anything else: `NaN`,
 * a fraction, a negative number, or one that a double cannot represent exactly.
 */
export function readWholeNumber (value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined
}
