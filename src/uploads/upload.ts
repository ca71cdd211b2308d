import type { Identity } from '../access/scope.ts'
import type { StoredPart } from '../store/upload-store.ts'

/** A file that somebody wants to bring. */
export interface UploadRequest {
  readonly filename: string
  readonly contentType: string
  readonly bytes: number
  readonly bucket?: string
  /** Whether it comes in parts; where that is not said, its size decides. */
  readonly parts?: boolean
}

/** Where a file goes in one piece. */
export interface FormUpload {
  readonly bucket: string
  readonly key: string
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly expiresAt: string
}

/** Where a file goes in parts. */
export interface PartsUpload {
  readonly bucket: string
  readonly key: string
  readonly token: string
  readonly partBytes: number
  readonly partCount: number
  readonly maxBytes: number
  readonly expiresAt: string
}

/** Where one part goes. */
export interface SignedPart {
  readonly number: number
  readonly bytes: number
  readonly url: string
  readonly expiresAt: string
}

/** How far an upload in parts has come. */
export interface UploadProgress extends Omit<PartsUpload, 'token'> {
  readonly parts: ReadonlyArray<Pick<StoredPart, 'number' | 'bytes'>>
}

/** An upload that has become an object. */
export interface CompletedUpload {
  readonly bucket: string
  readonly key: string
  readonly bytes: number
  readonly etag: string
}

/** Who asks, and how long they wait. */
export interface UploadContext {
  readonly identity: Identity
  readonly signal: AbortSignal
}

/**
 * Files that go to the store past this service. All that take a token throw `invalid_upload_token`, and
 * `forbidden_bucket` or `forbidden_key` where the caller's scope no longer holds it; all throw what the store throws.
 */
export interface Uploads {
  /** Begins an upload. Throws `invalid_request`, `upload_too_large`, `forbidden_bucket` and `forbidden_key`. */
  start(request: UploadRequest, context: UploadContext): Promise<FormUpload | PartsUpload>
  /** Signs URLs of parts. Throws `invalid_request` for a number that there is not. */
  signParts(token: string, numbers: readonly number[], context: UploadContext): Promise<SignedPart[]>
  /** Throws `upload_not_found`. */
  listParts(token: string, context: UploadContext): Promise<UploadProgress>
  /**
   * Makes an object of the parts; asked again, it finds the object. Throws `upload_incomplete` with `missingParts`,
   * and `upload_not_found`.
   */
  complete(token: string, context: UploadContext): Promise<CompletedUpload>
  /** Gives an upload up; nothing is wrong where there is none any more. */
  abort(token: string, context: UploadContext): Promise<void>
}
