// @ts-check
import { sendRequest, saveApiKey, Problem, readApiKey, sendForm } from './api.js'
import { setUpCopyButtons } from './copy-buttons.js'
import { writeCurlLine } from './curl-line.js'
import { create, find } from './elements.js'
import { formatMs } from './measures.js'
import { readOptions } from './options.js'
import { showThumbnail } from './result.js'
import { createScrubber } from './scrubber.js'
import { createSourceForm } from './source-form.js'
import { uploadFile } from './upload.js'

/**
 * @typedef {{ readonly kind: 'stored', readonly key: string, readonly bucket?: string } | { readonly kind: 'file',
 * readonly name: string, readonly file: File }} Source
 */

const scrubber = createScrubber()
const sourceForm = createSourceForm({ onFile: openFile, onOpen: openStored, onEdit: deselect })
const upload = find('upload', HTMLElement)
const uploadText = find('upload-text', HTMLElement)
const progress = find('upload-progress', HTMLProgressElement)
const status = find('status', HTMLElement)
const errorBox = find('error', HTMLElement)
const apiKey = find('api-key', HTMLInputElement)

/** @type {Source | undefined} */
let source
/** Resolves when the upload of the source has ended, successfully or not. */
let uploaded = Promise.resolve()
let sourceController = new AbortController()
let thumbnailController = new AbortController()

apiKey.value = readApiKey()
apiKey.addEventListener('input', () => {
  saveApiKey(apiKey.value.trim())
})

find('make', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  makeThumbnail(readOptions(new FormData(find('make', HTMLFormElement))))
})
find('upload-cancel', HTMLButtonElement).addEventListener('click', () => {
  sourceController.abort()
  thumbnailController.abort()
  // The button disappears, so another element needs the focus.
  sourceForm.focus()
})
setUpCopyButtons((sentence) => {
  status.textContent = sentence
})

/** @param {File} chosen */
async function openFile (chosen) {
  const { signal } = selectSource({ kind: 'file', name: chosen.name, file: chosen })
  scrubber.showFile(chosen)
  await runTask(signal, async () => {
    const uploading = uploadFile(chosen, { signal, onProgress: showProgress })
    uploaded = uploading.then(
      (stored) => {
        // If the service has no uploads, every request contains the file.
        if (stored !== undefined && !signal.aborted) source = { kind: 'stored', ...stored }
      },
      () => {}
    )
    const stored = await uploading
    if (stored !== undefined) await showVideo(stored, signal)
  })
}

/** @param {import('./source-form.js').Address} address */
async function openStored (address) {
  const { signal } = selectSource({ kind: 'stored', ...address })
  scrubber.clear('Reading the video…')
  await runTask(signal, () => showVideo(address, signal))
}

/** Forgets the video that the form no longer shows. What the form shows is opened on request only. */
function deselect () {
  selectSource(undefined)
  scrubber.clear('Open the video to see it here.')
}

/**
 * Sets the source, and aborts all requests of the previous one.
 * @param {Source | undefined} next
 */
function selectSource (next) {
  sourceController.abort()
  thumbnailController.abort()
  sourceController = new AbortController()
  thumbnailController = new AbortController()
  source = next
  uploaded = Promise.resolve()
  status.textContent = ''
  errorBox.replaceChildren()
  upload.hidden = true
  find('result', HTMLElement).hidden = true
  return sourceController
}

/**
 * @param {{ readonly key: string, readonly bucket?: string }} stored
 * @param {AbortSignal} signal
 */
async function showVideo ({ key, bucket }, signal) {
  const address = { key, ...(bucket === undefined ? {} : { bucket }) }
  /** @type {number | null} */
  let duration = null
  try {
    const { json: video } = await sendRequest('GET', `v1/videos?${new URLSearchParams(address)}`, { signal }).catch(
      ignoreMissingRoute
    )
    if (video?.frameRate) scrubber.setFrameRate(video.frameRate)
    duration = video?.duration ?? null
    scrubber.showDuration(duration, 'Creating the storyboard…')
    const { json: storyboard } = await sendRequest('POST', 'v1/storyboards', { body: address, signal }).catch(
      ignoreMissingRoute
    )
    if (storyboard === undefined) scrubber.showDuration(duration)
    else scrubber.showStoryboard(storyboard)
  } catch (error) {
    if (!signal.aborted) scrubber.showDuration(duration)
    throw error
  }
}

/**
 * @param {unknown} error
 * @returns {{ json: undefined }}
 */
function ignoreMissingRoute (error) {
  if (error instanceof Problem && error.isRouteMissing) return { json: undefined }
  throw error
}

/** @param {import('./options.js').Options} options */
async function makeThumbnail (options) {
  sourceForm.followFields()
  if (source === undefined) {
    showProblem({ title: 'No video selected.', detail: 'Choose a file, drop one, or open an object by its key.' })
    sourceForm.focus()
    return
  }
  thumbnailController.abort()
  thumbnailController = new AbortController()
  const { signal } = thumbnailController
  status.textContent = 'Creating the thumbnail…'
  await runTask(signal, async () => {
    // Waits for a running upload instead of sending the file a second time.
    await uploaded
    signal.throwIfAborted()
    const requested = source
    if (requested === undefined) return
    const { json, serverTiming, elapsedMs } = await requestThumbnail(requested, options, signal)
    const { name, ...address } =
      requested.kind === 'file' ? requested : { ...requested, name: requested.key.split('/').at(-1) ?? requested.key }
    const curl = writeCurlLine({
      base: new URL('.', document.baseURI).href,
      source:
        requested.kind === 'file'
          ? { kind: 'file', name }
          : /** @type {Extract<Source, { kind: 'stored' }>} */ (address),
      options,
      needsKey: readApiKey() !== ''
    })
    showThumbnail(json, { serverTiming, elapsedMs, curl, name })
    status.textContent = json.cached ? 'Found in the store.' : `Created in ${formatMs(elapsedMs)}.`
    if (!scrubber.hasSlider) scrubber.showDuration(json.source.duration)
  })
}

/**
 * @param {Source} requested
 * @param {import('./options.js').Options} options
 * @param {AbortSignal} signal
 */
function requestThumbnail (requested, options, signal) {
  if (requested.kind === 'stored') {
    const { kind, ...address } = requested
    return sendRequest('POST', 'v1/thumbnails', { body: { ...address, ...options }, signal })
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(options)) form.append(name, String(value))
  form.append('file', requested.file, requested.name)
  return sendForm('v1/thumbnails', form, { signal, onProgress: showProgress })
}

/** @param {number} share */
function showProgress (share) {
  upload.hidden = share >= 1
  progress.value = share
  uploadText.textContent = `Uploading: ${Math.floor(share * 100)}%`
}

/**
 * Runs a task and shows its problem, unless the task was aborted.
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} task
 */
async function runTask (signal, task) {
  errorBox.replaceChildren()
  try {
    await task()
  } catch (error) {
    if (signal.aborted) {
      if (signal === thumbnailController.signal || signal === sourceController.signal) status.textContent = 'Cancelled.'
      return
    }
    status.textContent = ''
    if (!(error instanceof Problem)) throw error
    showProblem(error.info)
  } finally {
    if (signal === thumbnailController.signal || signal === sourceController.signal) upload.hidden = true
  }
}

/** @param {import('./api.js').ProblemInfo} info */
function showProblem ({ title, detail, code, requestId, retryable, status: httpStatus }) {
  const sentence = create('p', '')
  sentence.append(
    create('strong', title),
    detail === title ? '' : ` ${detail}`,
    retryable === true ? ' Retry later.' : ''
  )
  errorBox.replaceChildren(sentence)
  if (code !== undefined) {
    errorBox.append(create('p', [code, requestId && `request ID ${requestId}`].filter(Boolean).join(' · '), 'hint'))
  }
  if (httpStatus === 401 || httpStatus === 403) find('access', HTMLDetailsElement).open = true
}
