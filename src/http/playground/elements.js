// @ts-check

/**
 * The element of the page with this id.
 * @template {Element} T
 * @param {string} id
 * @param {{ new (): T }} type
 * @returns {T}
 */
export function find (id, type) {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new TypeError(`the page has no ${type.name} #${id}`)
  return element
}

/**
 * A new element with text in it.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} text
 * @param {string} [className]
 */
export function create (name, text, className) {
  const element = document.createElement(name)
  element.textContent = text
  if (className !== undefined) element.className = className
  return element
}
