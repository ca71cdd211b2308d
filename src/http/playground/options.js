// @ts-check

/** @typedef {Record<string, string | number | boolean>} Options */

const NUMBERS = ['width', 'height', 'quality']
const DEFAULTS = { seek: 'exact', fit: 'inside', format: 'jpeg' }

/**
 * Returns the options of the form that differ from the defaults, which keeps the curl command short.
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
