import type { ObjectAddress, PresignedUrl } from './object-store.ts'

/** What an upload becomes once it is complete. */
export interface UploadTarget extends ObjectAddress {
  readonly contentType: string
  /** Names in lower case, values in ASCII; together under 1.5 KB. */
  readonly metadata: Readonly<Record<string, string>>
}

/** A form that anyone may send until it expires: `fields` in their order, then the file as `file`. */
export interface PresignedForm {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  /** The truth: a form signed with temporary credentials dies with them. */
  readonly expiresAt: Date
}

/** An upload in parts that has begun. */
export interface PartedUpload extends ObjectAddress {
  /** The store's own name for it. */
  readonly uploadId: string
}

/** A part that the store holds. */
export interface StoredPart {
  /** From 1 to 10,000. */
  readonly number: number
  readonly bytes: number
  /** The entity tag as the store wants it back. */
  readonly etag: string
}

/**
 * The port through which files come that do not pass through this service: whoever uploads speaks to the store
 * itself, with what is signed here. All methods throw as those of `ObjectStore` do; those that take an upload
 * `upload_not_found` besides, for one that was completed, aborted or swept.
 */
export interface UploadStore {
  /** Signs a form that takes one file of exactly `bytes`, of the type, key and metadata of the target and no other. */
  presignForm(
    target: UploadTarget,
    options: { readonly bytes: number, readonly expiresInSeconds: number }
  ): Promise<PresignedForm>
  /**
   * Begins an upload in parts, which a store that sweeps for itself forgets after `expiresInSeconds`; answers its id.
   */
  startParts(
    target: UploadTarget,
    options: { readonly signal: AbortSignal, readonly expiresInSeconds: number }
  ): Promise<string>
  /** Signs a PUT of one part of exactly `bytes`. A part that is sent again replaces the one before. */
  presignPart(
    upload: PartedUpload,
    options: { readonly number: number, readonly bytes: number, readonly expiresInSeconds: number }
  ): Promise<PresignedUrl>
  /** All parts that are there, by number. */
  listParts(upload: PartedUpload, options: { readonly signal: AbortSignal }): Promise<StoredPart[]>
  /**
   * Makes an object of the parts, which are given by number, whole or not at all. Throws `upload_incomplete` where
   * one has changed.
   */
  completeParts(
    upload: PartedUpload,
    parts: readonly StoredPart[],
    options: { readonly signal: AbortSignal }
  ): Promise<void>
  /** Forgets the upload and its parts. */
  abortParts(upload: PartedUpload, options: { readonly signal: AbortSignal }): Promise<void>
}
