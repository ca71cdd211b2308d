// The face of posterframe/client: what is exported here is all that others may use.
import createFetchClient, { type Client } from 'openapi-fetch'
import { createSendRequest, PosterframeProblem } from './send-request.ts'
import type { components, paths } from './generated/openapi-types.d.ts'
import { SendError, sendFile } from './send-file.js'
import { signThumbnailUrl } from './sign-thumbnail-url.ts'
import { type EndedJob, waitForJob } from './wait-for-job.ts'

/** Where the service is, and who asks. */
export interface PosterframeClientOptions {
  /** Where the service is reached, such as `https://posters.example`. */
  readonly baseUrl: string
  /** An API key or a JSON Web Token; for servers and trusted tools, not for pages that strangers see. */
  readonly apiKey?: string
  /** In the place of the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** How a file is sent. */
export interface UploadOptions {
  /** Its name, where it is a blob without one. */
  readonly filename?: string
  readonly signal?: AbortSignal
  /** Told again and again; what a failed part had sent is taken back. */
  readonly onProgress?: (sentBytes: number, bytes: number) => void
  /**
   * Told once for an upload in parts. Whoever keeps the token can go on with it later, by `token`, with the same file
   * and API key.
   */
  readonly onToken?: (token: string) => void
  /** Of an upload that broke off. */
  readonly token?: string
  /** Parts at a time; 3 unless given. */
  readonly parallel?: number
  /** For each part; 5 unless given. */
  readonly attempts?: number
  /** Before the second attempt, doubled before each further one; 500 unless given. */
  readonly retryDelayMs?: number
}

/**
 * Typed requests by method and path: `client.POST('/v1/thumbnails', { body: { key } })` gives `{ data, error,
 * response }`.
 */
export interface PosterframeClient extends Client<paths> {
  /**
   * Sends a file to the store past the service, as a form or in parts as its size asks for, and gives the key to ask
   * for thumbnails with. Needs CORS on the bucket where it runs in a page.
   *
   * @throws PosterframeProblem where the service refuses, SendError where the store does, and the reason of `signal`
   */
  upload(file: Blob, options?: UploadOptions): Promise<{ readonly bucket: string, readonly key: string }>
  /**
   * Waits until a job has ended that was begun with `Prefer: respond-async`.
   *
   * @throws PosterframeProblem where there is none of that id, and the reason of `signal`; a job that has failed is
   * given, not thrown
   */
  waitForJob(id: string, options?: { readonly signal?: AbortSignal }): Promise<EndedJob>
}

/** The answer for one thumbnail. */
export type Thumbnail = components['schemas']['Thumbnail']

/** A client whose paths, options and answers are typed by `openapi.yaml`. */
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
        ask: createSendRequest({ baseUrl, headers, fetch, signal: options.signal }),
        filename: filename ?? (file instanceof File ? file.name : 'video')
      })
  })
}

export { PosterframeProblem, SendError, signThumbnailUrl }
