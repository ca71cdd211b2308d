import type { Readable } from 'node:stream'

/** Where an object is. A key is any string of 1 to 1,024 bytes of UTF-8, as in S3. */
export interface ObjectAddress {
  readonly bucket: string
  readonly key: string
}

/** What the store knows of an object without its bytes. */
export interface ObjectHead {
  readonly bytes: number
  /** The entity tag without its quotes. It changes whenever the bytes do. */
  readonly etag: string
  readonly contentType: string
  /** User metadata, names in lower case, values in ASCII. */
  readonly metadata: Readonly<Record<string, string>>
}

/** An object, or a part of one, being read. `bytes` is the size of the whole object. */
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

/** Which bytes are wanted, and of which version. */
export interface GetOptions {
  readonly signal: AbortSignal
  /** At least one byte; may end past the end of the object, which cuts it. */
  readonly range?: ByteRange
  /** Read only if the object still has this entity tag, else `source_changed`. */
  readonly ifMatch?: string
}

/** What goes with the bytes of an object. */
export interface PutOptions {
  readonly signal: AbortSignal
  readonly contentType: string
  readonly cacheControl: string
  /** Names in lower case, values in ASCII; together under 1.5 KB. */
  readonly metadata: Readonly<Record<string, string>>
}

/** An object as a listing tells it. */
export type ListedObject = Pick<ObjectAddress, 'key'> & Pick<ObjectHead, 'bytes' | 'etag'>

/** A URL that anyone may GET until it expires. */
export interface PresignedUrl {
  readonly url: string
  /** The truth: a URL signed with temporary credentials dies with them. */
  readonly expiresAt: Date
}

/**
 * The port to an object store. All methods throw `store_unavailable`, `store_forbidden` or `timed_out`
 * (when the signal's reason says so) besides what they name themselves, and `invalid_request` or `forbidden_key` for
 * a key that `checkKey` refuses; an aborted signal rejects with its reason, before the answer and in the middle of a
 * body.
 */
export interface ObjectStore {
  /** What is known of an object; `undefined` where the object or its bucket is not there. */
  head(address: ObjectAddress, options: { readonly signal: AbortSignal }): Promise<ObjectHead | undefined>
  /**
   * Opens an object. Throws `source_not_found`, `source_archived`, and `source_changed`, also for a range that starts
   * past the end: cut to the size that was known, it can only do so when the object has been replaced. Destroy the
   * body, or read it to its end; an error of it is mapped as the method's own are.
   */
  get(address: ObjectAddress, options: GetOptions): Promise<ObjectBody>
  /** Writes an object whole or not at all, over whatever was there. */
  put(address: ObjectAddress, data: Uint8Array, options: PutOptions): Promise<void>
  /** Removes an object; one that is not there is as good as removed. */
  delete(address: ObjectAddress, options: { readonly signal: AbortSignal }): Promise<void>
  /** Signs a GET that lives `expiresInSeconds` (60 to 604,800), or less where the credentials do. */
  presignGet(address: ObjectAddress, options: { readonly expiresInSeconds: number }): Promise<PresignedUrl>
  /**
   * Every object whose key begins with `prefix`, a page in memory at a time. What is written or removed meanwhile may
   * be there or not; the rest comes once, in no promised order. The bucket that is not there is `store_unavailable`.
   * A listed key may be one that `checkKey` refuses.
   */
  list(bucket: string, options: { readonly prefix: string, readonly signal: AbortSignal }): AsyncIterable<ListedObject>
  /** Resolves when the store answers and `bucket` is there; for `/readyz`. */
  check(bucket: string, options: { readonly signal: AbortSignal }): Promise<void>
}
