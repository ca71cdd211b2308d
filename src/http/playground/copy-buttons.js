// @ts-check

/**
 * Makes the buttons with `data-copies` copy the field of that id.
 * @param {(sentence: string) => void} announce receives what happened
 */
export function setUpCopyButtons (announce) {
  for (const button of document.querySelectorAll('[data-copies]')) {
    const [label] = button.childNodes
    const show = (/** @type {string} */ text) => {
      if (label !== undefined) label.textContent = text
    }
    button.addEventListener('click', async () => {
      const isCopied = await copyField(button.getAttribute('data-copies') ?? '')
      announce(isCopied ? 'Copied.' : 'Selected. Press Ctrl+C or ⌘C to copy.')
      show(isCopied ? 'Copied' : 'Selected')
    })
    button.addEventListener('blur', () => {
      show('Copy')
    })
  }
}

/** @param {string} id */
async function copyField (id) {
  const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (document.getElementById(id))
  field.select()
  // Browsers provide the clipboard over https and on loopback only; elsewhere the selected text can be copied by hand.
  const copied = navigator.clipboard?.writeText(field.value).then(
    () => true,
    () => false
  )
  return (await copied) ?? false
}
