// @ts-check
// Requests to the service, whose addresses are relative to the page: it may stand below a path of a gateway.

/** @typedef {import('../../client/generated/openapi-types.ts').components['schemas']['Problem']} ProblemDocument */
/** @typedef {Pick<ProblemDocument, 'title' | 'detail'> & Partial<ProblemDocument>} ProblemFacts */
/**
 * @typedef {{ readonly status: number, readonly json: any, readonly serverTiming: string, readonly elapsedMs: number
 * }} Answer
 */

const STORED_AS = 'posterframe-api-key'

/** @type {ProblemFacts} */
const UNREACHABLE = {
  title: 'The service cannot be reached.',
  detail: 'The connection failed before there was an answer. Is the service running, and is the network there?'
}

/** What went wrong, as the service says it (RFC 9457), or in the same words where it could not. */
export class Problem extends Error {
  /** @param {ProblemFacts} facts */
  constructor (facts) {
    super(facts.detail)
    this.facts = facts
  }

  get retryable () {
    return this.facts.retryable === true || this.facts === UNREACHABLE
  }

  /** Whether the address itself is unknown to the service, which may be older, or set up without it. */
  get isAddressMissing () {
    return this.facts.code === 'not_found' || this.facts.code === 'method_not_allowed'
  }
}

/** The key that requests show, or ''. It lives as long as this tab. */
export function readApiKey () {
  return sessionStorage.getItem(STORED_AS) ?? ''
}

/** @param {string} key */
export function keepApiKey (key) {
  if (key === '') sessionStorage.removeItem(STORED_AS)
  else sessionStorage.setItem(STORED_AS, key)
}

/**
 * Sends JSON, or nothing with a GET, and gives the JSON of the answer.
 * @param {'GET' | 'POST'} method
 * @param {string} path without a slash before it
 * @param {{ body?: object, signal?: AbortSignal }} [options]
 * @returns {Promise<Answer>}
 * @throws {Problem}
 */
export async function ask (method, path, { body, signal } = {}) {
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
  return readAnswer(response.status, await response.text(), response.headers.get('server-timing'), startMs)
}

/**
 * Sends a form; unlike `fetch`, a request of the older kind says how far it is.
 * @param {string} path
 * @param {FormData} form
 * @param {{ onProgress: (share: number) => void, signal: AbortSignal }} options
 * @returns {Promise<Answer>}
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
        resolve(readAnswer(request.status, request.responseText, request.getResponseHeader('server-timing'), startMs))
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
 * @returns {Answer}
 */
function readAnswer (status, text, serverTiming, startMs) {
  const json = parse(text)
  const elapsedMs = performance.now() - startMs
  if (status >= 200 && status < 300 && (json !== undefined || status === 204)) {
    return { status, json, serverTiming: serverTiming ?? '', elapsedMs }
  }
  if (typeof json?.title === 'string' && typeof json.detail === 'string') throw new Problem(json)
  // Not one of ours: a gateway or a proxy that stands before the service.
  throw new Problem({
    title: `The answer has the status ${status}.`,
    detail: 'It is not one of the service itself; something between it and this page may have given it.'
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
