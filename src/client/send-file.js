// @ts-check
// Uploads a file directly to the store, with a presigned form or PUT, or in presigned parts. Plain JavaScript, because
// the page at / runs it without a build step; the client library uses it too.

/**
 * Sends a request to the service and returns the JSON response. Throws on error responses.
 * @typedef {(method: 'GET' | 'POST', path: string, body?: object) => Promise<any>} SendRequest
 */

/**
 * @typedef {{
 *   sendRequest: SendRequest,
 *   filename: string,
 *   signal?: AbortSignal | undefined,
 *   onProgress?: ((sentBytes: number, bytes: number) => void) | undefined,
 *   onToken?: ((token: string) => void) | undefined,
 *   token?: string | undefined,
 *   method?: 'post' | 'put' | undefined,
 *   parallel?: number | undefined,
 *   attempts?: number | undefined,
 *   retryDelayMs?: number | undefined
 * }} SendOptions
 */

const MAX_NAME_LENGTH = 255
const VIDEO_TYPE = /^video\/[a-z0-9][a-z0-9.+-]{0,62}$/
const ANY_TYPE = 'application/octet-stream'

/** Thrown when the store rejects an upload, or cannot be reached after all attempts. */
export class SendError extends Error {
  /** @param {number} status of the last response; 0 if there was none */
  constructor (status) {
    super(
      status === 0
        ? 'The store cannot be reached, or its CORS rules do not allow uploads from this page.'
        : `The store responded with status ${status}.`
    )
    this.name = 'SendError'
    this.status = status
  }
}

/**
 * Uploads a file, in one request or in parts; the service decides by its size. Retries each part that fails for a
 * transient reason. With the `token` that `onToken` received, resumes an upload in parts.
 *
 * @param {Blob} file
 * @param {SendOptions} options `parallel`: parts at a time, by default 3; `attempts`: attempts per part, by
 * default 5; `retryDelayMs`: delay before the second attempt, doubled before each further one, by default 500
 * @returns {Promise<{ bucket: string, key: string }>}
 * @throws the errors of `sendRequest`, {@link SendError}, and the reason of `signal`
 */
export async function sendFile (file, options) {
  const { sendRequest, filename, token } = options
  const upload =
    token === undefined
      ? await sendRequest('POST', 'v1/uploads', {
        filename: filename.slice(-MAX_NAME_LENGTH),
        contentType: VIDEO_TYPE.test(file.type) ? file.type : ANY_TYPE,
        bytes: file.size,
        ...(options.method === undefined ? {} : { method: options.method })
      })
      : { ...(await sendRequest('GET', `v1/uploads/${encodeURIComponent(token)}`)), token }
  if (upload.fields !== undefined) await sendForm(file, upload, options)
  else if (upload.headers !== undefined) await sendPut(file, upload, options)
  else await sendParts(file, upload, options)
  return { bucket: upload.bucket, key: upload.key }
}

/**
 * @param {Blob} file
 * @param {{ url: string, fields: Record<string, string> }} upload
 * @param {SendOptions} options
 */
async function sendForm (file, { url, fields }, options) {
  await retry(options, async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    // Last, because the store ignores fields after the file.
    form.append('file', file, options.filename)
    await send('POST', url, form, {
      ...options,
      onSent: (bytes) => {
        options.onProgress?.(Math.min(bytes, file.size), file.size)
      }
    })
  })
  options.onProgress?.(file.size, file.size)
}

/**
 * @param {Blob} file
 * @param {{ url: string, headers: Record<string, string> }} upload
 * @param {SendOptions} options
 */
async function sendPut (file, { url, headers }, options) {
  await retry(options, async () => {
    // The signed Content-Length is not set here: it is the size of the blob, and browsers send no other.
    await send('PUT', url, file, {
      signal: options.signal,
      headers,
      onSent: (bytes) => {
        options.onProgress?.(bytes, file.size)
      }
    })
  })
  options.onProgress?.(file.size, file.size)
}

/**
 * @param {Blob} file
 * @param {{ token: string, partBytes: number, partCount: number, parts?: Array<{ number: number, bytes: number }> }}
 * upload
 * @param {SendOptions} options
 */
async function sendParts (file, { token, partBytes, partCount, parts = [] }, options) {
  const { sendRequest, onProgress, onToken, parallel = 3 } = options
  const path = `v1/uploads/${encodeURIComponent(token)}`
  const slice = (/** @type {number} */ number) => file.slice((number - 1) * partBytes, number * partBytes, ANY_TYPE)
  /** @type {Map<number, number>} */
  const sent = new Map(
    parts.filter(({ number, bytes }) => slice(number).size === bytes).map(({ number, bytes }) => [number, bytes])
  )
  const missing = Array.from({ length: partCount }, (_, index) => index + 1).filter((number) => !sent.has(number))
  const report = () => {
    onProgress?.(
      [...sent.values()].reduce((total, bytes) => total + bytes, 0),
      file.size
    )
  }
  onToken?.(token)
  report()

  const failure = new AbortController()
  const signal = options.signal === undefined ? failure.signal : AbortSignal.any([options.signal, failure.signal])
  const sendNext = async () => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
      const part = number
      await retry({ ...options, signal }, async () => {
        // Signed again for each attempt, because the previous URL may have expired.
        const {
          parts: [signed]
        } = await sendRequest('POST', `${path}/parts`, { numbers: [part] })
        await send('PUT', signed.url, slice(part), {
          signal,
          onSent: (bytes) => {
            sent.set(part, bytes)
            report()
          }
        })
        sent.set(part, slice(part).size)
        report()
      })
    }
  }
  // The first permanent failure aborts the other parts.
  await Promise.all(
    Array.from({ length: parallel }, () =>
      sendNext().catch((error) => {
        failure.abort(error)
        throw error
      })
    )
  )
  await retry(options, () => sendRequest('POST', `${path}/complete`))
}

/**
 * Runs a task, and retries it after a transient error: no connection, too many requests, a server error.
 * @param {SendOptions} options
 * @param {() => Promise<unknown>} task
 */
async function retry ({ attempts = 5, retryDelayMs = 500, signal }, task) {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    try {
      await task()
      return
    } catch (error) {
      if (signal?.aborted === true || attempt >= attempts || !isTransient(error)) throw error
      await wait(retryDelayMs * 2 ** (attempt - 1), signal)
    }
  }
}

/** @param {any} error */
function isTransient (error) {
  if (error instanceof SendError) {
    return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500
  }
  // Errors of `sendRequest`: a retryable problem, or a TypeError of `fetch` without a connection.
  return error?.retryable === true || error instanceof TypeError
}

/**
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<void>}
 */
function wait (ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    function abort () {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/**
 * Sends a body to the store. Uses XMLHttpRequest in browsers, because it reports progress, and `fetch` elsewhere.
 * @param {'POST' | 'PUT'} method
 * @param {string} url
 * @param {Blob | FormData} body
 * @param {{ signal?: AbortSignal | undefined, headers?: Record<string, string>, onSent: (bytes: number) => void }}
 * options
 * @returns {Promise<void>}
 * @throws {SendError}
 */
async function send (method, url, body, { signal, headers = {}, onSent }) {
  const { XMLHttpRequest } = /** @type {any} */ (globalThis)
  const status =
    XMLHttpRequest === undefined
      ? await fetch(url, { method, headers, body, signal: signal ?? null }).then(
        (response) => response.status,
        (error) => {
          if (signal?.aborted === true) throw error
          return 0
        }
      )
      : await new Promise((resolve, reject) => {
        const request = new XMLHttpRequest()
        const abort = () => {
          request.abort()
        }
        signal?.addEventListener('abort', abort, { once: true })
        request.upload.onprogress = (/** @type {{ loaded: number }} */ { loaded }) => {
          onSent(loaded)
        }
        request.onload = () => {
          resolve(request.status)
        }
        request.onerror = () => {
          resolve(0)
        }
        request.onabort = () => {
          reject(signal?.reason)
        }
        request.onloadend = () => {
          signal?.removeEventListener('abort', abort)
        }
        request.open(method, url)
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
        request.send(body)
      })
  if (status < 200 || status > 299) throw new SendError(status)
}
