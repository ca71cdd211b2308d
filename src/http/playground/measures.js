// @ts-check
// Formatting of numbers.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/**
 * Formats a number of bytes with three significant digits and a decimal unit.
 * @param {number} bytes
 */
export function formatBytes (bytes) {
  let amount = bytes
  let unit = 0
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit++
  }
  return `${unit === 0 ? amount : amount.toPrecision(3)} ${UNITS[unit]}`
}

/**
 * Formats a share of a whole in per cent; '' if the whole is empty.
 * @param {number} part
 * @param {number} whole
 */
export function formatShare (part, whole) {
  if (whole <= 0) return ''
  const percent = (part / whole) * 100
  return percent > 0 && percent < 0.01 ? 'less than 0.01%' : `${Number(percent.toPrecision(2))}%`
}

/**
 * Formats a timestamp as a player does: `1:02.50`, `1:00:02.50`.
 * @param {number} seconds
 */
export function formatClock (seconds) {
  const hundredths = Math.round(seconds * 100)
  const pad = (/** @type {number} */ number) => String(number).padStart(2, '0')
  const hours = Math.floor(hundredths / 360_000)
  const minutes = Math.floor(hundredths / 6000) % 60
  const rest = `${pad(Math.floor(hundredths / 100) % 60)}.${pad(hundredths % 100)}`
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`
}

/**
 * Returns the steps of a `Server-Timing` header that have a duration, in their order.
 * @param {string} header
 * @returns {Array<{ step: string, ms: number }>}
 */
export function parseServerTiming (header) {
  return header.split(',').flatMap((entry) => {
    const [step = '', ...parameters] = entry.split(';').map((text) => text.trim())
    const duration = parameters.find((parameter) => parameter.startsWith('dur='))
    const ms = Number(duration?.slice('dur='.length))
    return step === '' || !Number.isFinite(ms) ? [] : [{ step, ms }]
  })
}

/** @param {number} ms */
export function formatMs (ms) {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}
