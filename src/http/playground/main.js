// @ts-check
import { ask, keepApiKey, Problem, readApiKey, sendForm } from './api.js'
import { writeCurlLine } from './curl-line.js'
import { create, find } from './elements.js'
import { formatBytes, formatMs } from './measures.js'
import { readOptions } from './options.js'
import { showThumbnail } from './result.js'
import { createScrubber } from './scrubber.js'
import { uploadFile } from './upload.js'

/**
 * @typedef {{ readonly kind: 'stored', readonly key: string, readonly bucket?: string } | { readonly kind: 'file',
 * readonly name: string, readonly file: File }} Source
 */

const scrubber = createScrubber()
const drop = find('drop', HTMLElement)
const file = find('file', HTMLInputElement)
const upload = find('upload', HTMLElement)
const uploadText = find('upload-text', HTMLElement)
const progress = find('upload-progress', HTMLProgressElement)
const status = find('status', HTMLElement)
const errorBox = find('error', HTMLElement)
const apiKey = find('api-key', HTMLInputElement)

/** @type {Source | undefined} */
let source
/** Ends with the upload of the source, however that ends. */
let uploaded = Promise.resolve()
let opening = new AbortController()
let making = new AbortController()

apiKey.value = readApiKey()
apiKey.addEventListener('input', () => {
  keepApiKey(apiKey.value.trim())
})

file.addEventListener('change', () => {
  const [chosen] = file.files ?? []
  if (chosen !== undefined) openFile(chosen)
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
  if (dropped !== undefined) openFile(dropped)
})
find('by-key', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const bucket = find('bucket', HTMLInputElement).value.trim()
  openStored({ kind: 'stored', key: find('key', HTMLInputElement).value, ...(bucket === '' ? {} : { bucket }) })
})
find('make', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  makeThumbnail(readOptions(new FormData(find('make', HTMLFormElement))))
})
find('upload-cancel', HTMLButtonElement).addEventListener('click', () => {
  opening.abort()
  making.abort()
  // The button goes, and what had the focus must not be nothing.
  file.focus()
})
for (const button of document.querySelectorAll('[data-copies]')) {
  const [label] = button.childNodes
  button.addEventListener('click', () => {
    copy(button.getAttribute('data-copies') ?? '', label)
  })
  button.addEventListener('blur', () => {
    if (label !== undefined) label.textContent = 'Copy'
  })
}

/** @param {File} chosen */
async function openFile (chosen) {
  const { signal } = begin({ kind: 'file', name: chosen.name, file: chosen })
  find('drop', HTMLElement)
    .querySelector('.hint')
    ?.replaceChildren(`${chosen.name}, ${formatBytes(chosen.size)}`)
  scrubber.showFile(chosen)
  await attempt(signal, async () => {
    const uploading = uploadFile(chosen, { signal, onProgress: showProgress })
    uploaded = uploading.then(
      (stored) => {
        // Without uploads in the service, the file goes along with each question.
        if (stored !== undefined && !signal.aborted) source = { kind: 'stored', ...stored }
      },
      () => {}
    )
    const stored = await uploading
    if (stored !== undefined) await showMoments(stored, signal)
  })
}

/** @param {Extract<Source, { kind: 'stored' }>} stored */
async function openStored (stored) {
  const { signal } = begin(stored)
  scrubber.showText('Looking at the video…')
  await attempt(signal, () => showMoments(stored, signal))
}

/**
 * A source of its own ends all that was under way for the one before.
 * @param {Source} next
 */
function begin (next) {
  opening.abort()
  making.abort()
  opening = new AbortController()
  making = new AbortController()
  source = next
  status.textContent = ''
  find('result', HTMLElement).hidden = true
  return opening
}

/**
 * @param {{ readonly key: string, readonly bucket?: string }} stored
 * @param {AbortSignal} signal
 */
async function showMoments ({ key, bucket }, signal) {
  const address = { key, ...(bucket === undefined ? {} : { bucket }) }
  /** @type {number | null} */
  let duration = null
  try {
    const { json: video } = await ask('GET', `v1/videos?${new URLSearchParams(address)}`, { signal }).catch(
      forgiveMissing
    )
    if (video?.frameRate) scrubber.setFrameRate(video.frameRate)
    duration = video?.duration ?? null
    scrubber.showDuration(duration, 'Making the storyboard…')
    const { json: board } = await ask('POST', 'v1/storyboards', { body: address, signal }).catch(forgiveMissing)
    if (board === undefined) scrubber.showDuration(duration)
    else scrubber.showStoryboard(board)
  } catch (error) {
    if (!signal.aborted) scrubber.showDuration(duration)
    throw error
  }
}

/**
 * @param {unknown} error
 * @returns {{ json: undefined }}
 */
function forgiveMissing (error) {
  if (error instanceof Problem && error.isAddressMissing) return { json: undefined }
  throw error
}

/** @param {import('./options.js').Options} options */
async function makeThumbnail (options) {
  if (source === undefined) {
    showProblem({ title: 'There is no video yet.', detail: 'Choose one, drop one, or open one by its key.' })
    file.focus()
    return
  }
  making.abort()
  making = new AbortController()
  const { signal } = making
  status.textContent = 'Making it…'
  await attempt(signal, async () => {
    // A file that is on its way to the store is not sent a second time.
    await uploaded
    signal.throwIfAborted()
    const asked = source
    if (asked === undefined) return
    const { json, serverTiming, elapsedMs } = await askForThumbnail(asked, options, signal)
    const { name, ...facts } =
      asked.kind === 'file' ? asked : { ...asked, name: asked.key.split('/').at(-1) ?? asked.key }
    const curl = writeCurlLine({
      base: new URL('.', document.baseURI).href,
      source:
        asked.kind === 'file' ? { kind: 'file', name } : /** @type {Extract<Source, { kind: 'stored' }>} */ (facts),
      options,
      needsKey: readApiKey() !== ''
    })
    showThumbnail(json, { serverTiming, elapsedMs, curl, name })
    status.textContent = json.cached ? 'It was there already.' : `Made in ${formatMs(elapsedMs)}.`
    if (!scrubber.hasSlider) scrubber.showDuration(json.source.duration)
  })
}

/**
 * @param {Source} asked
 * @param {import('./options.js').Options} options
 * @param {AbortSignal} signal
 */
function askForThumbnail (asked, options, signal) {
  if (asked.kind === 'stored') {
    const { kind, ...address } = asked
    return ask('POST', 'v1/thumbnails', { body: { ...address, ...options }, signal })
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(options)) form.append(name, String(value))
  form.append('file', asked.file, asked.name)
  return sendForm('v1/thumbnails', form, { signal, onProgress: showProgress })
}

/** @param {number} share */
function showProgress (share) {
  upload.hidden = share >= 1
  progress.value = share
  uploadText.textContent = `Uploading, ${Math.floor(share * 100)} %`
}

/**
 * Runs a task whose problems are shown, unless it was given up.
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} task
 */
async function attempt (signal, task) {
  errorBox.replaceChildren()
  try {
    await task()
  } catch (error) {
    if (signal.aborted) {
      if (signal === making.signal || signal === opening.signal) status.textContent = 'Cancelled.'
      return
    }
    status.textContent = ''
    if (!(error instanceof Problem)) throw error
    showProblem(error.facts)
  } finally {
    if (signal === making.signal || signal === opening.signal) upload.hidden = true
  }
}

/** @param {import('./api.js').ProblemFacts} facts */
function showProblem ({ title, detail, code, requestId, retryable, status: httpStatus }) {
  const sentence = create('p', '')
  sentence.append(
    create('strong', title),
    detail === title ? '' : ` ${detail}`,
    retryable === true ? ' The same question may work later.' : ''
  )
  errorBox.replaceChildren(sentence)
  if (code !== undefined) {
    errorBox.append(create('p', [code, requestId && `request ${requestId}`].filter(Boolean).join(' · '), 'hint'))
  }
  if (httpStatus === 401 || httpStatus === 403) find('access', HTMLDetailsElement).open = true
}

/**
 * @param {string} id
 * @param {ChildNode | undefined} label of the button
 */
async function copy (id, label) {
  const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (document.getElementById(id))
  field.select()
  // Away from https and loopback there is no clipboard; what is selected can be copied by hand.
  const isCopied =
    (await navigator.clipboard?.writeText(field.value).then(
      () => true,
      () => false
    )) ?? false
  status.textContent = isCopied ? 'Copied.' : 'Selected; copy it with the keyboard.'
  if (label !== undefined) label.textContent = isCopied ? 'Copied' : 'Selected'
}
