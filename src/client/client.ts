// Entry point of posterframe/client. Everything exported here is the public API.
import createFetchClient, { type Client } from 'openapi-fetch'
import { createSendRequest, PosterframeProblem } from './send-request.ts'
import type { components, paths } from './generated/openapi-types.d.ts'
import { SendError, sendFile } from './send-file.js'
import { signThumbnailUrl } from './sign-thumbnail-url.ts'
import { type EndedJob, waitForJob } from './wait-for-job.ts'

/** Options of {@link createPosterframeClient}. */
export interface PosterframeClientOptions {
  /** Base URL of the service, such as `https://posters.example`. */
  readonly baseUrl: string
  /** API key or JSON Web Token. For servers and trusted tools only: do not put it into a public page. */
  readonly apiKey?: string
  /** Replacement for the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** Options of an upload. */
export interface UploadOptions {
  /** File name, for a blob without one. */
  readonly filename?: string
  readonly signal?: AbortSignal
  /** Called repeatedly with the bytes uploaded so far. Decreases when a part is retried. */
  readonly onProgress?: (sentBytes: number, bytes: number) => void
  /**
   * Called once per upload in parts, with its token. Pass it as `token` to resume the upload later, with the same file
   * and API key.
   */
  readonly onToken?: (token: string) => void
  /** Token of an interrupted upload to resume. */
  readonly token?: string
  /** How a file that needs no parts is sent. Default: that of the service. R2 and B2 need `put`. */
  readonly method?: 'post' | 'put'
  /** Number of parts uploaded at a time. Default: 3. */
  readonly parallel?: number
  /** Attempts per part. Default: 5. */
  readonly attempts?: number
  /** Delay before the second attempt, doubled before each further one. Default: 500. */
  readonly retryDelayMs?: number
}

/**
 * Typed client by method and path: `client.POST('/v1/thumbnails', { body: { key } })` resolves to `{ data, error,
 * response }`.
 */
export interface PosterframeClient extends Client<paths> {
  /**
   * Uploads a file directly to the store, in one request or in parts depending on its size, and returns its key for
   * further requests. In a browser, the bucket needs a CORS rule for the page.
   *
   * @throws PosterframeProblem if the service rejects the upload, SendError if the store does, and the reason of
   * `signal`
   */
  upload(file: Blob, options?: UploadOptions): Promise<{ readonly bucket: string, readonly key: string }>
  /**
   * Waits until a job that was started with `Prefer: respond-async` has ended. Returns a failed job instead of
   * throwing.
   *
   * @throws PosterframeProblem if there is no job with this id, and the reason of `signal`
   */
  waitForJob(id: string, options?: { readonly signal?: AbortSignal }): Promise<EndedJob>
}

/** Response of `POST /v1/thumbnails`. */
export type Thumbnail = components['schemas']['Thumbnail']

/** Creates a client whose paths, options and responses are typed by `openapi.yaml`. */
export function createPosterframeClient ({
  baseUrl,
  apiKey,
  fetch = (request) => globalThis.fetch(request)
}: PosterframeClientOptions): PosterframeClient {
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  const client = createFetchClient<paths>({ baseUrl, headers, fetch })
  return Object.assign(client, {
    waitForJob: (id: string, { signal }: { readonly signal?: AbortSignal } = {}) => waitForJob(client, id, signal),
    upload: (file: Blob, { filename, ...options }: UploadOptions = {}) =>
      sendFile(file, {
        ...options,
        sendRequest: createSendRequest({ baseUrl, headers, fetch, signal: options.signal }),
        filename: filename ?? (file instanceof File ? file.name : 'video')
      })
  })
}

export { PosterframeProblem, SendError, signThumbnailUrl }
