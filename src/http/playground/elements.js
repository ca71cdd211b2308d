// @ts-check

/**
 * Returns the element with this id. Throws if there is none of this type.
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
 * Creates an element that contains text.
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
