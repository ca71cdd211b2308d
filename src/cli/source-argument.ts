import { PosterframeError } from '../errors.ts'
import type { ObjectAddress } from '../store/object-store.ts'

/** What a command is to work on: an object of the store, or a file. */
export type SourceArgument =
  ({ readonly kind: 'stored' } & ObjectAddress) | { readonly kind: 'file', readonly path: string }

/** Reads `s3://bucket/key`, whose key stands as it is, nothing of it encoded; all else is the path of a file. */
export function parseSource (text: string): SourceArgument {
  if (!isS3Url(text)) return { kind: 'file', path: text }
  const { bucket, prefix: key } = parseS3Url(text)
  if (key === '') throw refuse(text)
  return { kind: 'stored', bucket, key }
}

/** Reads the URL of an object; throws `invalid_request` for a file. */
export function parseObject (text: string): { readonly kind: 'stored' } & ObjectAddress {
  const source = parseSource(text)
  if (source.kind === 'file') throw refuse(text)
  return source
}

/** Whether a text is meant to be the URL of an object or of a bucket. */
export function isS3Url (text: string): boolean {
  return text.startsWith('s3://')
}

/** Reads `s3://bucket` and what comes behind it, which may be nothing. */
export function parseS3Url (text: string): { readonly bucket: string, readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? []
  if (bucket === undefined) throw refuse(text)
  return { bucket, prefix }
}

function refuse (text: string): PosterframeError {
  return new PosterframeError('invalid_request', { detail: `${text} is not written as s3://bucket/key.` })
}
