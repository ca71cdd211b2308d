// @ts-check
import { create, find } from './elements.js'
import { formatBytes, formatMs, formatShare, parseServerTiming } from './measures.js'

/** @typedef {import('../../client/generated/openapi-types.ts').components['schemas']['Thumbnail']} Thumbnail */

const SVG = 'http://www.w3.org/2000/svg'

const MODES = {
  ranged: 'ranged: only the packets that lead to the frame',
  full: 'full: the whole video was downloaded',
  cached: 'cached: the thumbnail was there already'
}

/**
 * Shows the picture, where it is, how to ask for it again, and what it cost.
 * @param {Thumbnail} thumbnail
 * @param {{ serverTiming: string, elapsedMs: number, curl: string, name: string }} circumstances
 */
export function showThumbnail (thumbnail, { serverTiming, elapsedMs, curl, name }) {
  const picture = find('picture', HTMLImageElement)
  picture.width = thumbnail.width
  picture.height = thumbnail.height
  picture.alt = `The frame of ${name} at ${thumbnail.timestamp} s`
  picture.src = thumbnail.url
  find('facts', HTMLElement).textContent = [
    `${thumbnail.width} × ${thumbnail.height}`,
    thumbnail.contentType.replace('image/', '').toUpperCase(),
    formatBytes(thumbnail.bytes),
    `${thumbnail.keyFrame ? 'key frame' : 'frame'} at ${thumbnail.timestamp} s`
  ].join(' · ')
  find('url', HTMLInputElement).value = thumbnail.url
  find('curl', HTMLTextAreaElement).value = curl
  find('curl', HTMLTextAreaElement).rows = curl.split('\n').length + 1
  find('cost', HTMLDListElement).replaceChildren(
    ...describeCost(thumbnail, elapsedMs).flatMap(([term, value]) => [create('dt', term), create('dd', value)])
  )
  find('steps', HTMLUListElement).replaceChildren(...drawSteps(serverTiming))
  find('warnings', HTMLUListElement).replaceChildren(...thumbnail.warnings.map(({ detail }) => create('li', detail)))
  const result = find('result', HTMLElement)
  result.hidden = false
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  result.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'auto' : 'smooth' })
}

/**
 * @param {Thumbnail} thumbnail
 * @param {number} elapsedMs
 * @returns {Array<[term: string, value: string]>}
 */
function describeCost ({ work, source, key }, elapsedMs) {
  return [
    [
      'Read',
      `${formatBytes(work.bytesRead)} of ${formatBytes(source.bytes)} (${formatShare(work.bytesRead, source.bytes)})`
    ],
    ['Requests', String(work.requests)],
    ['Mode', MODES[work.mode]],
    ['Packets', `${work.packetsDecoded} decoded`],
    ['Answer', `after ${formatMs(elapsedMs)}, this connection and any upload included`],
    ['Stored as', key]
  ]
}

/**
 * A bar per step, as long as its part of all.
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
