// @ts-check

/** @typedef {Record<string, string | number | boolean>} Options */

const NUMBERS = ['width', 'height', 'quality']
const DEFAULTS = { seek: 'exact', fit: 'inside', format: 'jpeg' }

/**
 * What the form asks for: only what differs from the defaults, so that the curl line says no more than it has to.
 * @param {FormData} form
 * @returns {Options}
 */
export function readOptions (form) {
  /** @type {Options} */
  const options = {}
  for (const [name, entry] of form) {
    const value = String(entry).trim()
    if (value === '' || value === DEFAULTS[/** @type {keyof typeof DEFAULTS} */ (name)]) continue
    if (name === 'regenerate') options[name] = true
    else options[name] = NUMBERS.includes(name) ? Number(value) : value
  }
  return options
}
