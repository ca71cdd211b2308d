// @ts-check
// How a file gets into the store past the service: by a presigned form, or in presigned parts. Plain JavaScript,
// since the page at / runs it as it stands; the client in TypeScript has it too.

/**
 * Asks the service; throws for every answer that is an error.
 * @typedef {(method: 'GET' | 'POST', path: string, body?: object) => Promise<any>} Ask
 */

/**
 * @typedef {{
 *   ask: Ask,
 *   filename: string,
 *   signal?: AbortSignal | undefined,
 *   onProgress?: ((sentBytes: number, bytes: number) => void) | undefined,
 *   onToken?: ((token: string) => void) | undefined,
 *   token?: string | undefined,
 *   parallel?: number | undefined,
 *   attempts?: number | undefined,
 *   retryDelayMs?: number | undefined
 * }} SendOptions
 */

const MAX_NAME_LENGTH = 255
const VIDEO_TYPE = /^video\/[a-z0-9][a-z0-9.+-]{0,62}$/
const ANY_TYPE = 'application/octet-stream'

/** The store did not take what it was sent, however often. */
export class SendError extends Error {
  /** @param {number} status of the last answer; 0 where there was none */
  constructor (status) {
    super(
      status === 0
        ? 'The store could not be reached, or does not allow this page to send to it (CORS).'
        : `The store answered with the status ${status}.`
    )
    this.name = 'SendError'
    this.status = status
  }
}

/**
 * Sends a file, in one piece or in parts as the service decides by its size. What fails for a passing reason is tried
 * again, part by part; with the `token` that `onToken` told, an upload in parts goes on where it stopped.
 *
 * @param {Blob} file
 * @param {SendOptions} options `parallel` parts at a time, 3 unless given; `attempts` for each, 5; `retryDelayMs`
 * before the second, doubled each time, 500
 * @returns {Promise<{ bucket: string, key: string }>}
 * @throws what `ask` throws, {@link SendError}, and the reason of `signal`
 */
export async function sendFile (file, options) {
  const { ask, filename, token } = options
  const upload =
    token === undefined
      ? await ask('POST', 'v1/uploads', {
        filename: filename.slice(-MAX_NAME_LENGTH),
        contentType: VIDEO_TYPE.test(file.type) ? file.type : ANY_TYPE,
        bytes: file.size
      })
      : { ...(await ask('GET', `v1/uploads/${encodeURIComponent(token)}`)), token }
  if (upload.fields === undefined) await sendParts(file, upload, options)
  else await sendForm(file, upload, options)
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
    // Last, since the store reads no field after it.
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
 * @param {{ token: string, partBytes: number, partCount: number, parts?: Array<{ number: number, bytes: number }> }}
 * upload
 * @param {SendOptions} options
 */
async function sendParts (file, { token, partBytes, partCount, parts = [] }, options) {
  const { ask, onProgress, onToken, parallel = 3 } = options
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
        // Signed anew for each attempt: the URL before may have died on the way.
        const {
          parts: [signed]
        } = await ask('POST', `${path}/parts`, { numbers: [part] })
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
  // The first that fails for good ends the others.
  await Promise.all(
    Array.from({ length: parallel }, () =>
      sendNext().catch((error) => {
        failure.abort(error)
        throw error
      })
    )
  )
  await retry(options, () => ask('POST', `${path}/complete`))
}

/**
 * Runs a task again while it fails for a reason that passes: no connection, too many requests, an error of the other
 * side.
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
      if (signal?.aborted === true || attempt >= attempts || !isPassing(error)) throw error
      await wait(retryDelayMs * 2 ** (attempt - 1), signal)
    }
  }
}

/** @param {any} error */
function isPassing (error) {
  if (error instanceof SendError) {
    return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500
  }
  // What `ask` throws: a problem that says so itself, or `fetch` without a connection.
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
 * Sends a body to the store. A browser's older kind of request tells how far it is; elsewhere `fetch` does.
 * @param {'POST' | 'PUT'} method
 * @param {string} url
 * @param {Blob | FormData} body
 * @param {{ signal?: AbortSignal | undefined, onSent: (bytes: number) => void }} options
 * @returns {Promise<void>}
 * @throws {SendError}
 */
async function send (method, url, body, { signal, onSent }) {
  const { XMLHttpRequest } = /** @type {any} */ (globalThis)
  const status =
    XMLHttpRequest === undefined
      ? await fetch(url, { method, body, signal: signal ?? null }).then(
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
        request.send(body)
      })
  if (status < 200 || status > 299) throw new SendError(status)
}
