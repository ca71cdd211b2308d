import type { Identity } from '../access/scope.ts'
import type { StoredPart } from '../store/upload-store.ts'
import type { Warning } from '../telemetry/work.ts'

/** How a file in one request is sent: `post` as a form, `put` as the body. */
export type UploadMethod = 'post' | 'put'

/** A request to upload a file. */
export interface UploadRequest {
  readonly filename: string
  readonly contentType: string
  readonly bytes: number
  readonly bucket?: string
  /** How a file in one request is sent. Default: that of the configuration. */
  readonly method?: UploadMethod
  /** True for a multipart upload, false for one request. Default: by the size of the file. */
  readonly parts?: boolean
}

/** A form upload: URL and fields of a form that sends the file in one request. */
export interface FormUpload {
  readonly bucket: string
  readonly key: string
  readonly method: 'post'
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly expiresAt: string
  /** `url_expires_early` if the form expires before the configured time. */
  readonly warnings?: readonly Warning[]
}

/** A PUT upload: URL and headers of a request whose body is the file. */
export interface PutUpload extends Omit<FormUpload, 'method' | 'fields'> {
  readonly method: 'put'
  readonly headers: Readonly<Record<string, string>>
}

/** A multipart upload: its token, and the size of its parts. */
export interface PartsUpload {
  readonly bucket: string
  readonly key: string
  readonly token: string
  readonly partBytes: number
  readonly partCount: number
  readonly maxBytes: number
  readonly expiresAt: string
}

/** Presigned URL of one part. */
export interface SignedPart {
  readonly number: number
  readonly bytes: number
  readonly url: string
  readonly expiresAt: string
}

/** Progress of a multipart upload: the parts that the store has. */
export interface UploadProgress extends Omit<PartsUpload, 'token'> {
  readonly parts: ReadonlyArray<Pick<StoredPart, 'number' | 'bytes'>>
}

/** The object of a completed upload. */
export interface CompletedUpload {
  readonly bucket: string
  readonly key: string
  readonly bytes: number
  readonly etag: string
}

/** The caller of a request, and its cancellation. */
export interface UploadContext {
  readonly identity: Identity
  /** Name of the caller, or its address, for the limit of pending uploads. */
  readonly caller: string
  readonly signal: AbortSignal
}

/**
 * The use cases of uploads that go to the store directly. Methods with a token throw `invalid_upload_token`, and
 * `forbidden_bucket` or `forbidden_key` if the scope of the caller no longer includes the object; all methods throw the
 * errors of the store.
 */
export interface Uploads {
  /**
   * Starts an upload. Throws `invalid_request`, `upload_too_large`, `forbidden_bucket`, `forbidden_key`, and
   * `rate_limited` if too many uploads of the caller are pending.
   */
  start(request: UploadRequest, context: UploadContext): Promise<FormUpload | PutUpload | PartsUpload>
  /** Signs URLs of parts. Throws `invalid_request` for a number after the last part. */
  signParts(token: string, numbers: readonly number[], context: UploadContext): Promise<SignedPart[]>
  /** Returns the progress of an upload. Throws `upload_not_found`. */
  listParts(token: string, context: UploadContext): Promise<UploadProgress>
  /**
   * Completes an upload; a repeated call returns the object again. Throws `upload_incomplete` with `missingParts`, and
   * `upload_not_found`.
   */
  complete(token: string, context: UploadContext): Promise<CompletedUpload>
  /** Aborts an upload. Resolves also if the upload does not exist any more. */
  abort(token: string, context: UploadContext): Promise<void>
}
