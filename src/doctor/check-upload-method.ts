import type { UploadMethod } from '../uploads/upload.ts'
import { type Check, passed, warned } from './check.ts'

/** Stores that do not implement POST Object, by the end of their host names. */
const WITHOUT_FORMS: ReadonlyArray<readonly [end: string, store: string]> = [
  ['.r2.cloudflarestorage.com', 'Cloudflare R2'],
  ['.backblazeb2.com', 'Backblaze B2']
]

/** Checks by the host name of the store that it takes uploads by the configured method. */
export function checkUploadMethod (endpoint: string, method: UploadMethod): Check {
  const { hostname } = new URL(endpoint)
  const [, store] = WITHOUT_FORMS.find(([end]) => `.${hostname}`.endsWith(end)) ?? []
  if (method === 'post' && store !== undefined) {
    return warned('upload method', {
      detail: `${store} rejects the POST forms that POST /v1/uploads returns for files of up to 64 MiB, with status 501.`,
      nextStep: 'Set POSTERFRAME_UPLOAD_METHOD=put.'
    })
  }
  return passed('upload method', `Files of up to 64 MiB are sent by ${method.toUpperCase()}.`)
}
