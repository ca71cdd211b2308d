// @ts-check
import { find } from './elements.js'
import { formatClock } from './measures.js'

/**
 * The members of a storyboard that the page shows.
 * @typedef {{
 *   readonly duration: number,
 *   readonly sheets: ReadonlyArray<{ readonly url: string, readonly width: number, readonly height: number }>,
 *   readonly tiles: ReadonlyArray<{
 *     readonly timestamp: number, readonly sheet: number,
 *     readonly x: number, readonly y: number, readonly width: number, readonly height: number
 *   }>
 * }} Storyboard
 */

/** Frame duration of a video whose frame rate is unknown. */
const FRAME_SECONDS = 0.04

const NO_DURATION = 'The duration of the video is unknown. Enter a timestamp.'

/** Returns the controller that keeps the preview, the slider and the timestamp field in step. */
export function createScrubber () {
  const text = find('screen-text', HTMLElement)
  const tile = find('tile', SVGSVGElement)
  const image = /** @type {SVGImageElement} */ (tile.firstElementChild)
  const preview = find('preview', HTMLVideoElement)
  const scrub = find('scrub', HTMLElement)
  const position = find('position', HTMLInputElement)
  const positionText = find('position-text', HTMLOutputElement)
  const timestamp = find('timestamp', HTMLInputElement)
  /** @type {Storyboard | undefined} */
  let board
  let duration = 0
  let frameSeconds = FRAME_SECONDS

  position.addEventListener('input', () => {
    timestamp.value = String(Number(position.value))
    render()
  })
  timestamp.addEventListener('input', () => {
    followTimestamp()
    render()
  })
  preview.addEventListener('loadedmetadata', () => {
    if (!preview.hidden && Number.isFinite(preview.duration)) showSlider(preview.duration)
  })
  // The service supports formats that the browser cannot play.
  preview.addEventListener('error', () => {
    if (preview.hidden) return
    showText('This browser cannot play the file, but the service may support it. Enter a timestamp.')
  })

  function followTimestamp () {
    const [, seconds] = /^(\d+(?:\.\d+)?)s?$/.exec(timestamp.value.trim()) ?? []
    if (seconds !== undefined) position.value = seconds
  }

  function render () {
    const seconds = Number(position.value)
    const clock = formatClock(seconds)
    positionText.value = `${clock} / ${formatClock(duration)}`
    position.setAttribute('aria-valuetext', `${clock} of ${formatClock(duration)}`)
    if (board !== undefined) showTile(board, seconds)
    else if (!preview.hidden) preview.currentTime = seconds
  }

  /**
   * @param {Storyboard} storyboard
   * @param {number} seconds
   */
  function showTile ({ tiles, sheets }, seconds) {
    const shown = tiles.findLast((candidate) => candidate.timestamp <= seconds) ?? tiles[0]
    const sheet = shown === undefined ? undefined : sheets[shown.sheet]
    if (shown === undefined || sheet === undefined) return
    if (image.getAttribute('href') !== sheet.url) image.setAttribute('href', sheet.url)
    image.setAttribute('width', String(sheet.width))
    image.setAttribute('height', String(sheet.height))
    tile.setAttribute('viewBox', `${shown.x} ${shown.y} ${shown.width} ${shown.height}`)
    tile.setAttribute('aria-label', `Storyboard at ${formatClock(shown.timestamp)}`)
  }

  /** @param {number} seconds */
  function showSlider (seconds) {
    duration = seconds
    position.step = String(frameSeconds)
    // The end of the video is past the last frame.
    position.max = String(Math.max(0, seconds - frameSeconds / 2))
    followTimestamp()
    scrub.hidden = false
    render()
  }

  /** @param {Element | undefined} shown */
  function showOnly (shown) {
    for (const element of [text, tile, preview]) element.toggleAttribute('hidden', element !== shown)
    if (shown === preview) return
    if (preview.src !== '') URL.revokeObjectURL(preview.src)
    preview.removeAttribute('src')
    // Without this, a file that is still being read goes on loading.
    preview.load()
  }

  /** @param {string} sentence */
  function showText (sentence) {
    board = undefined
    text.textContent = sentence
    showOnly(text)
    scrub.hidden = true
  }

  /**
   * Removes everything of the previous video and shows a sentence.
   * @param {string} sentence
   */
  function clear (sentence) {
    frameSeconds = FRAME_SECONDS
    position.value = '0'
    showText(sentence)
  }

  return {
    /**
     * Plays a local file, before and during its upload.
     * @param {File} file
     */
    showFile (file) {
      clear('')
      showOnly(preview)
      preview.src = URL.createObjectURL(file)
    },
    /** @param {Storyboard} storyboard */
    showStoryboard (storyboard) {
      board = storyboard
      showOnly(tile)
      showSlider(storyboard.duration)
    },
    /**
     * Shows the slider without a picture.
     * @param {number | null} seconds
     * @param {string} [sentence]
     */
    showDuration (
      seconds,
      sentence = seconds === null ? NO_DURATION : 'No storyboard available. Set the timestamp with the slider.'
    ) {
      if (!preview.hidden) return
      showText(sentence)
      if (seconds !== null) showSlider(seconds)
    },
    /** @param {number} framesPerSecond */
    setFrameRate (framesPerSecond) {
      if (framesPerSecond > 0) frameSeconds = Number((1 / framesPerSecond).toFixed(4))
    },
    clear,
    get hasSlider () {
      return !scrub.hidden
    }
  }
}
