// @ts-check
import { sendRequest, Problem } from './api.js'
import { SendError, sendFile } from './send-file.js'

/**
 * Uploads a file directly to the store. Returns undefined if the service has no uploads. Resumes an interrupted upload
 * of this tab when the same file is chosen again.
 * @param {File} file
 * @param {{ signal: AbortSignal, onProgress: (share: number) => void }} options
 * @returns {Promise<{ bucket: string, key: string } | undefined>}
 */
export async function uploadFile (file, { signal, onProgress }) {
  const storageKey = `posterframe-upload ${file.name} ${file.size} ${file.lastModified}`
  const token = sessionStorage.getItem(storageKey) ?? undefined
  const send = (/** @type {string | undefined} */ resumed) =>
    sendFile(file, {
      sendRequest: async (method, path, body) =>
        (await sendRequest(method, path, { signal, ...(body === undefined ? {} : { body }) })).json,
      filename: file.name,
      token: resumed,
      signal,
      onProgress: (sentBytes, bytes) => {
        onProgress(bytes === 0 ? 1 : sentBytes / bytes)
      },
      onToken: (newToken) => {
        sessionStorage.setItem(storageKey, newToken)
      }
    })
  try {
    const stored = await send(token).catch((error) => {
      // The upload was aborted or completed, or belongs to another caller.
      if (
        token === undefined ||
        !(error instanceof Problem) ||
        !['upload_not_found', 'invalid_upload_token'].includes(error.info.code ?? '')
      ) {
        throw error
      }
      return send(undefined)
    })
    sessionStorage.removeItem(storageKey)
    return stored
  } catch (error) {
    if (signal.aborted) await abortUpload(storageKey)
    if (error instanceof Problem && error.isRouteMissing) return undefined
    if (error instanceof SendError) {
      throw new Problem({
        title: 'The upload failed.',
        detail: `${error.message} Choose the file again to resume the upload.`
      })
    }
    throw error
  }
}

/** @param {string} storageKey */
async function abortUpload (storageKey) {
  const token = sessionStorage.getItem(storageKey)
  sessionStorage.removeItem(storageKey)
  // If this request fails, the store removes the upload later.
  if (token !== null) await sendRequest('POST', `v1/uploads/${encodeURIComponent(token)}/abort`).catch(() => {})
}
