import { PosterframeError } from '../errors.ts'
import type { ObjectLocation } from '../store/object-store.ts'

/** The source that a command works on: an object in the store, a file, or standard input. */
export type SourceArgument =
  | ({ readonly kind: 'stored' } & ObjectLocation)
  | { readonly kind: 'file', readonly path: string }
  | { readonly kind: 'stdin' }

/** Description of the argument that {@link parseSource} parses, for the help of a command. */
export const SOURCE_ARGUMENT = 's3://bucket/key, a file, or - for standard input'

/**
 * Parses `s3://bucket/key`, in which the key is not encoded, or `-` for standard input. Any other text is the path of a
 * file.
 *
 * @throws PosterframeError `invalid_request` for a URL of another kind
 */
export function parseSource (text: string): SourceArgument {
  if (text === '-') return { kind: 'stdin' }
  if (isS3Url(text)) {
    const { bucket, prefix: key } = parseS3Url(text)
    if (key === '') throw objectUrlError(text)
    return { kind: 'stored', bucket, key }
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new PosterframeError('invalid_request', {
      detail: `'${text}' is a URL that Posterframe does not read. Use s3://bucket/key, a file, or - for standard input.`
    })
  }
  return { kind: 'file', path: text }
}

/**
 * Parses the URL of an object.
 *
 * @throws PosterframeError `invalid_request` for any other text
 */
export function parseObject (text: string): { readonly kind: 'stored' } & ObjectLocation {
  const source = parseSource(text)
  if (source.kind !== 'stored') throw objectUrlError(text)
  return source
}

/** Returns true if a text starts like the URL of an object or a bucket. */
export function isS3Url (text: string): boolean {
  return text.startsWith('s3://')
}

/** Parses `s3://bucket/prefix`; the prefix may be empty. */
export function parseS3Url (text: string): { readonly bucket: string, readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? []
  if (bucket === undefined) throw objectUrlError(text)
  return { bucket, prefix }
}

function objectUrlError (text: string): PosterframeError {
  return new PosterframeError('invalid_request', {
    detail: `'${text}' is not the URL of an object. Use s3://bucket/key.`
  })
}
