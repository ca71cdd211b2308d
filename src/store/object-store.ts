import type { Readable } from 'node:stream'

/** Bucket and key of an object. A key is any string of 1 to 1,024 bytes of UTF-8, as in S3. */
export interface ObjectLocation {
  readonly bucket: string
  readonly key: string
}

/** Properties of an object. */
export interface ObjectHead {
  readonly bytes: number
  /** The entity tag without its quotes. Changes whenever the bytes change. */
  readonly etag: string
  readonly contentType: string
  /** User metadata, names in lower case, values in ASCII. */
  readonly metadata: Readonly<Record<string, string>>
}

/** An open object, or an open part of one. `bytes` is the size of the whole object. */
export interface ObjectBody extends ObjectHead {
  readonly body: Readable
}

/**
 * Bytes from `start` up to but not including `end`, counted from 0. HTTP counts the last byte in (RFC 9110, section
 * 14.1.2): only the adapter that writes or reads such a header converts.
 */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Range and version of the object to open. */
export interface GetOptions {
  readonly signal: AbortSignal
  /** At least one byte; may end past the end of the object, which cuts it. */
  readonly range?: ByteRange
  /** Opens the object only if it still has this entity tag, else throws `source_changed`. */
  readonly ifMatch?: string
}

/** Headers and metadata of a new object. */
export interface PutOptions {
  readonly signal: AbortSignal
  readonly contentType: string
  readonly cacheControl: string
  /** Names in lower case, values in ASCII; together under 1.5 KB. */
  readonly metadata: Readonly<Record<string, string>>
}

/** An entry of a listing. */
export type ListedObject = Pick<ObjectLocation, 'key'> & Pick<ObjectHead, 'bytes' | 'etag'>

/** A URL that anyone can request, with the method that was signed, until it expires. */
export interface PresignedUrl {
  readonly url: string
  /** When the URL really expires, by the clock of the store: not later than the credentials that signed it. */
  readonly expiresAt: Date
  /** Lifetime from now. Unlike `expiresAt`, it does not depend on whose clock is right. */
  readonly expiresInSeconds: number
  /** True if that is before the requested time. */
  readonly isShortened?: boolean
}

/**
 * The port to a store of source videos. All methods of both ports throw `store_unavailable`, `store_forbidden` or
 * `timed_out` (when the signal's reason says so) besides the errors that they name, and `invalid_request` or
 * `forbidden_key` for a key that `checkKey` rejects. An aborted signal rejects with its reason, before the response
 * and in the middle of a body.
 */
export interface SourceStore {
  /** Returns the properties of an object; undefined if the object or its bucket does not exist. */
  head(location: ObjectLocation, options: { readonly signal: AbortSignal }): Promise<ObjectHead | undefined>
  /**
   * Opens an object. Throws `source_not_found`, `source_archived` and `source_changed`; the last also for a range that
   * starts past the end, since callers cut ranges to the known size: only a replaced object can be shorter. The caller
   * destroys the body or reads it to its end. Errors of the body are mapped like those of the method.
   */
  get(location: ObjectLocation, options: GetOptions): Promise<ObjectBody>
  /** Resolves if the store responds and `bucket` exists; for `/readyz`. */
  check(bucket: string, options: { readonly signal: AbortSignal }): Promise<void>
}

/** The port to a store of generated objects. Errors are those of `SourceStore`. */
export interface OutputStore extends SourceStore {
  /** Writes an object completely or not at all, replacing what was there. */
  put(location: ObjectLocation, data: Uint8Array, options: PutOptions): Promise<void>
  /** Deletes an object. Deleting one that does not exist succeeds. */
  delete(location: ObjectLocation, options: { readonly signal: AbortSignal }): Promise<void>
  /** Signs a GET that is valid for `expiresInSeconds` (60 to 604,800), or until the credentials expire. */
  presignGet(location: ObjectLocation, options: { readonly expiresInSeconds: number }): Promise<PresignedUrl>
  /** Signs a HEAD in the same way. The URL of a GET need not allow it: S3 signs the method. */
  presignHead(location: ObjectLocation, options: { readonly expiresInSeconds: number }): Promise<PresignedUrl>
  /**
   * Lists every object whose key begins with `prefix`, holding one page in memory. Objects that are written or deleted
   * meanwhile may be missing or not; all others appear once, in no defined order. A missing bucket is
   * `store_unavailable`. A listed key may be one that `checkKey` rejects.
   */
  list(bucket: string, options: { readonly prefix: string, readonly signal: AbortSignal }): AsyncIterable<ListedObject>
}

/** A store that holds sources and outputs, as S3 and the local directory do. */
export type ObjectStore = SourceStore & OutputStore
