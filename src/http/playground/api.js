// @ts-check
// Requests to the service. URLs are relative to the page, which a gateway may serve below a path.

/** @typedef {import('../../client/generated/openapi-types.ts').components['schemas']['Problem']} ProblemDocument */
/** @typedef {Pick<ProblemDocument, 'title' | 'detail'> & Partial<ProblemDocument>} ProblemInfo */
/**
 * @typedef {{ readonly status: number, readonly json: any, readonly serverTiming: string, readonly elapsedMs: number
 * }} ApiResponse
 */

const STORAGE_KEY = 'posterframe-api-key'

/** @type {ProblemInfo} */
const UNREACHABLE = {
  title: 'The service cannot be reached.',
  detail: 'The connection failed before a response arrived. Check that the service is running and the network works.'
}

/** Problem document of the service (RFC 9457), or one in the same format for a failed connection. */
export class Problem extends Error {
  /** @param {ProblemInfo} info */
  constructor (info) {
    super(info.detail)
    this.info = info
  }

  get retryable () {
    return this.info.retryable === true || this.info === UNREACHABLE
  }

  /** True if the service lacks the route: it may be older, or configured without it. */
  get isRouteMissing () {
    return this.info.code === 'not_found' || this.info.code === 'method_not_allowed'
  }
}

/** Returns the API key for requests, or ''. It is stored until the tab is closed. */
export function readApiKey () {
  return sessionStorage.getItem(STORAGE_KEY) ?? ''
}

/**
 * Stores the API key until the tab is closed.
 * @param {string} key
 */
export function saveApiKey (key) {
  if (key === '') sessionStorage.removeItem(STORAGE_KEY)
  else sessionStorage.setItem(STORAGE_KEY, key)
}

/**
 * Sends a request, with a JSON body if there is one, and returns the JSON response.
 * @param {'GET' | 'POST'} method
 * @param {string} path without a leading slash
 * @param {{ body?: object, signal?: AbortSignal }} [options]
 * @returns {Promise<ApiResponse>}
 * @throws {Problem}
 */
export async function sendRequest (method, path, { body, signal } = {}) {
  const startMs = performance.now()
  const response = await fetch(path, {
    method,
    headers: {
      ...authorise(),
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' })
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal })
  }).catch(explainFailure)
  return readResponse(response.status, await response.text(), response.headers.get('server-timing'), startMs)
}

/**
 * Sends a form. Uses XMLHttpRequest, because `fetch` does not report upload progress.
 * @param {string} path
 * @param {FormData} form
 * @param {{ onProgress: (share: number) => void, signal: AbortSignal }} options
 * @returns {Promise<ApiResponse>}
 * @throws {Problem}
 */
export function sendForm (path, form, { onProgress, signal }) {
  const startMs = performance.now()
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => {
      request.abort()
    }
    signal.addEventListener('abort', abort, { once: true })
    request.open('POST', path)
    for (const [name, value] of Object.entries({ ...authorise(), accept: 'application/json' })) {
      request.setRequestHeader(name, value)
    }
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total === 0 ? 0 : loaded / total)
    }
    request.onabort = () => {
      reject(signal.reason)
    }
    request.onerror = () => {
      reject(new Problem(UNREACHABLE))
    }
    request.onload = () => {
      try {
        resolve(readResponse(request.status, request.responseText, request.getResponseHeader('server-timing'), startMs))
      } catch (error) {
        reject(error)
      }
    }
    request.onloadend = () => {
      signal.removeEventListener('abort', abort)
    }
    if (signal.aborted) reject(signal.reason)
    else request.send(form)
  })
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function explainFailure (error) {
  throw error instanceof TypeError ? new Problem(UNREACHABLE) : error
}

/** @returns {Record<string, string>} */
function authorise () {
  const key = readApiKey()
  return key === '' ? {} : { authorization: `Bearer ${key}` }
}

/**
 * @param {number} status
 * @param {string} text
 * @param {string | null} serverTiming
 * @param {number} startMs
 * @returns {ApiResponse}
 */
function readResponse (status, text, serverTiming, startMs) {
  const json = parse(text)
  const elapsedMs = performance.now() - startMs
  if (status >= 200 && status < 300 && (json !== undefined || status === 204)) {
    return { status, json, serverTiming: serverTiming ?? '', elapsedMs }
  }
  if (typeof json?.title === 'string' && typeof json.detail === 'string') throw new Problem(json)
  // Not a response of the service but of a gateway or proxy in front of it.
  throw new Problem({
    title: `Unexpected response with status ${status}.`,
    detail: 'It is not from the service itself. A gateway or proxy in front of the service may have sent it.'
  })
}

/**
 * @param {string} text
 * @returns {any}
 */
function parse (text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
