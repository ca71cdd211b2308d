// @ts-check
import { ask, Problem } from './api.js'
import { SendError, sendFile } from './send-file.js'

/**
 * Puts a file into the store past the service; undefined where the service has no uploads. An upload that broke off
 * in this tab goes on where it stopped when the same file is chosen again.
 * @param {File} file
 * @param {{ signal: AbortSignal, onProgress: (share: number) => void }} options
 * @returns {Promise<{ bucket: string, key: string } | undefined>}
 */
export async function uploadFile (file, { signal, onProgress }) {
  const storedAs = `posterframe-upload ${file.name} ${file.size} ${file.lastModified}`
  const token = sessionStorage.getItem(storedAs) ?? undefined
  const send = (/** @type {string | undefined} */ resumed) =>
    sendFile(file, {
      ask: async (method, path, body) =>
        (await ask(method, path, { signal, ...(body === undefined ? {} : { body }) })).json,
      filename: file.name,
      token: resumed,
      signal,
      onProgress: (sentBytes, bytes) => {
        onProgress(bytes === 0 ? 1 : sentBytes / bytes)
      },
      onToken: (given) => {
        sessionStorage.setItem(storedAs, given)
      }
    })
  try {
    const stored = await send(token).catch((error) => {
      // Given up or completed meanwhile, or begun by another caller.
      if (
        token === undefined ||
        !(error instanceof Problem) ||
        !['upload_not_found', 'invalid_upload_token'].includes(error.facts.code ?? '')
      ) { throw error }
      return send(undefined)
    })
    sessionStorage.removeItem(storedAs)
    return stored
  } catch (error) {
    if (signal.aborted) await giveUp(storedAs)
    if (error instanceof Problem && error.isAddressMissing) return undefined
    if (error instanceof SendError) {
      throw new Problem({
        title: 'The upload did not arrive.',
        detail: `${error.message} Choose the file again to go on with it.`
      })
    }
    throw error
  }
}

/** @param {string} storedAs */
async function giveUp (storedAs) {
  const token = sessionStorage.getItem(storedAs)
  sessionStorage.removeItem(storedAs)
  // What does not arrive is swept by the store.
  if (token !== null) await ask('POST', `v1/uploads/${encodeURIComponent(token)}/abort`).catch(() => {})
}
