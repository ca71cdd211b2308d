// @ts-check
import { find } from './elements.js'
import { formatBytes } from './measures.js'

/** @typedef {{ readonly key: string, readonly bucket?: string }} Address */

/**
 * Returns the controller of the form that selects a video, either as a file or by its key. The form never shows two
 * videos: a chosen file empties the fields, and a key in the fields removes the file.
 * @param {{ onFile: (file: File) => void, onOpen: (address: Address) => void, onEdit: () => void }} listeners `onEdit`
 * is called if the fields no longer name the selected video.
 */
export function createSourceForm ({ onFile, onOpen, onEdit }) {
  const drop = find('drop', HTMLElement)
  const hint = find('drop-hint', HTMLElement)
  const file = find('file', HTMLInputElement)
  const key = find('key', HTMLInputElement)
  const bucket = find('bucket', HTMLInputElement)
  const invitation = hint.textContent
  /**
   * What the fields named when the video was selected, '' for a file; undefined if no video is selected.
   * @type {string | undefined}
   */
  let selected

  file.addEventListener('change', () => {
    const [chosen] = file.files ?? []
    if (chosen !== undefined) selectFile(chosen)
  })
  for (const name of ['dragenter', 'dragover']) {
    window.addEventListener(name, (event) => {
      event.preventDefault()
      drop.classList.add('over')
    })
  }
  window.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) drop.classList.remove('over')
  })
  window.addEventListener('drop', (event) => {
    event.preventDefault()
    drop.classList.remove('over')
    const [dropped] = event.dataTransfer?.files ?? []
    if (dropped === undefined) return
    // The input would keep showing an earlier file.
    file.value = ''
    selectFile(dropped)
  })
  find('by-key', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    open()
  })
  for (const field of [key, bucket]) {
    // Not `change`, which comes with a click on another element: that element would move away from the pointer.
    field.addEventListener('input', () => {
      if (!isEdited()) return
      selectFields()
      // What was typed is opened when that is asked for: the bucket may follow the key.
      selected = undefined
      onEdit()
    })
  }

  /** @param {File} chosen */
  function selectFile (chosen) {
    for (const field of [key, bucket]) field.value = ''
    selected = ''
    hint.textContent = `${chosen.name}, ${formatBytes(chosen.size)}`
    onFile(chosen)
  }

  /** The fields take the place of a file. */
  function selectFields () {
    selected = describeFields()
    hint.textContent = invitation
    file.value = ''
  }

  function open () {
    const address = readAddress()
    selectFields()
    if (address === undefined) onEdit()
    else onOpen(address)
  }

  /** @returns {Address | undefined} */
  function readAddress () {
    const name = bucket.value.trim()
    return key.value === '' ? undefined : { key: key.value, ...(name === '' ? {} : { bucket: name }) }
  }

  function describeFields () {
    const address = readAddress()
    return address === undefined ? '' : JSON.stringify(address)
  }

  function isEdited () {
    return describeFields() !== selected
  }

  return {
    /** Opens what the fields name, if that is not the selected video. Browsers fill in fields without an event, too. */
    followFields () {
      if (isEdited()) open()
    },
    focus () {
      file.focus()
    }
  }
}
