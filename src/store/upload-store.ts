import type { ObjectLocation, PresignedUrl } from './object-store.ts'
import type { PendingLimit } from './pending-uploads.ts'

/** The object that a completed upload creates. */
export interface UploadTarget extends ObjectLocation {
  readonly contentType: string
  /** Names in lower case, values in ASCII; together under 1.5 KB. */
  readonly metadata: Readonly<Record<string, string>>
}

/** A form that anyone can send until it expires: `fields` in their order, then the file as `file`. */
export interface PresignedForm {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  /** When the form really expires: not later than the credentials that signed it. */
  readonly expiresAt: Date
  /** True if that is before the requested time. */
  readonly isShortened?: boolean
}

/** A PUT of one file that anyone can send until it expires, with all `headers` and a body of the signed size. */
export interface PresignedPut extends PresignedUrl {
  /** Names in lower case. `Content-Length` is signed, too, but not among them, because clients send it themselves. */
  readonly headers: Readonly<Record<string, string>>
}

/** A started multipart upload. */
export interface PartedUpload extends ObjectLocation {
  /** The id that the store gave it. */
  readonly uploadId: string
}

/** A stored part. */
export interface StoredPart {
  /** From 1 to 10,000. */
  readonly number: number
  readonly bytes: number
  /** The entity tag in the form that the store expects back. */
  readonly etag: string
}

/**
 * The port for uploads that do not pass through this service: the client sends files to the store itself, with signed
 * requests. All methods throw like those of `ObjectStore`; those that take an upload also throw `upload_not_found` if
 * it was completed, aborted or swept.
 */
export interface UploadStore {
  /** Signs a form that takes one file of exactly `bytes`, of the type, key and metadata of the target and no other. */
  presignForm(
    target: UploadTarget,
    options: { readonly bytes: number, readonly expiresInSeconds: number }
  ): Promise<PresignedForm>
  /** Signs a PUT that takes one file in the same way. */
  presignPut(
    target: UploadTarget,
    options: { readonly bytes: number, readonly expiresInSeconds: number }
  ): Promise<PresignedPut>
  /**
   * Starts a multipart upload and returns its id. A store that sweeps uploads itself removes it after
   * `expiresInSeconds`. Throws `rate_limited` at the limit of pending uploads; a store that cannot count those of a
   * caller counts what this process has started.
   */
  startParts(
    target: UploadTarget,
    options: { readonly signal: AbortSignal, readonly expiresInSeconds: number, readonly limit: PendingLimit }
  ): Promise<string>
  /** Signs a PUT of one part of exactly `bytes`. Sending a part again replaces it. */
  presignPart(
    upload: PartedUpload,
    options: { readonly number: number, readonly bytes: number, readonly expiresInSeconds: number }
  ): Promise<PresignedUrl>
  /** Returns all stored parts, by number. */
  listParts(upload: PartedUpload, options: { readonly signal: AbortSignal }): Promise<StoredPart[]>
  /**
   * Creates the object from the parts, which are given in order, completely or not at all. Throws `upload_incomplete`
   * if a part has changed.
   */
  completeParts(
    upload: PartedUpload,
    parts: readonly StoredPart[],
    options: { readonly signal: AbortSignal }
  ): Promise<void>
  /** Removes the upload and its parts. */
  abortParts(upload: PartedUpload, options: { readonly signal: AbortSignal }): Promise<void>
}
