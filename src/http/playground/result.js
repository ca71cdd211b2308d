// @ts-check
import { create, find } from './elements.js'
import { formatBytes, formatMs, formatShare, parseServerTiming } from './measures.js'

/** @typedef {import('../../client/generated/openapi-types.ts').components['schemas']['Thumbnail']} Thumbnail */

const SVG = 'http://www.w3.org/2000/svg'

const MODES = {
  ranged: 'ranged (only the packets needed for the frame were read)',
  full: 'full (the whole video was downloaded)',
  cached: 'cached (the thumbnail was already stored)'
}

/**
 * Shows the thumbnail, its URL, the curl command, the statistics and the timing.
 * @param {Thumbnail} thumbnail
 * @param {{ serverTiming: string, elapsedMs: number, curl: string, name: string }} details
 */
export function showThumbnail (thumbnail, { serverTiming, elapsedMs, curl, name }) {
  const picture = find('picture', HTMLImageElement)
  picture.width = thumbnail.width
  picture.height = thumbnail.height
  picture.alt = `Frame of ${name} at ${thumbnail.timestamp} s`
  picture.src = thumbnail.url
  find('info', HTMLElement).textContent = [
    `${thumbnail.width} × ${thumbnail.height}`,
    thumbnail.contentType.replace('image/', '').toUpperCase(),
    formatBytes(thumbnail.bytes),
    `${thumbnail.keyFrame ? 'key frame' : 'frame'} at ${thumbnail.timestamp} s`
  ].join(' · ')
  find('url', HTMLInputElement).value = thumbnail.url
  find('curl', HTMLTextAreaElement).value = curl
  find('curl', HTMLTextAreaElement).rows = curl.split('\n').length + 1
  find('statistics', HTMLDListElement).replaceChildren(
    ...listStatistics(thumbnail, elapsedMs).flatMap(([term, value]) => [create('dt', term), create('dd', value)])
  )
  find('steps', HTMLUListElement).replaceChildren(...drawSteps(serverTiming))
  find('warnings', HTMLUListElement).replaceChildren(...thumbnail.warnings.map(({ detail }) => create('li', detail)))
  const result = find('result', HTMLElement)
  result.hidden = false
  const prefersReducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches
  result.scrollIntoView({ block: 'nearest', behavior: prefersReducedMotion ? 'auto' : 'smooth' })
}

/**
 * @param {Thumbnail} thumbnail
 * @param {number} elapsedMs
 * @returns {Array<[term: string, value: string]>}
 */
function listStatistics ({ work, source, key }, elapsedMs) {
  return [
    [
      'Data read',
      `${formatBytes(work.bytesRead)} of ${formatBytes(source.bytes)} (${formatShare(work.bytesRead, source.bytes)})`
    ],
    ['Store requests', String(work.requests)],
    ['Mode', MODES[work.mode]],
    ['Packets decoded', String(work.packetsDecoded)],
    ['Response time', `${formatMs(elapsedMs)}, including the network and any upload`],
    ['Thumbnail key', key]
  ]
}

/**
 * Draws a bar per step, relative to the longest step.
 * @param {string} serverTiming
 */
function drawSteps (serverTiming) {
  const steps = parseServerTiming(serverTiming)
  const longestMs = Math.max(...steps.map(({ ms }) => ms), Number.MIN_VALUE)
  return steps.map(({ step, ms }) => {
    const item = document.createElement('li')
    const chart = document.createElementNS(SVG, 'svg')
    chart.setAttribute('aria-hidden', 'true')
    const bar = document.createElementNS(SVG, 'rect')
    bar.setAttribute('width', `${(ms / longestMs) * 100}%`)
    bar.setAttribute('height', '100%')
    chart.append(bar)
    item.append(create('span', step), chart, create('span', formatMs(ms), 'amount'))
    return item
  })
}
