const MAX_SHOWN = 200

/** Returns a key as an error quotes it: short, and without the query of a URL, which may hold a signature. */
export function quoteKey (key: string): string {
  const shown = (isUrl(key) ? (key.split('?', 1)[0] ?? '') : key).toWellFormed()
  return shown.length <= MAX_SHOWN ? `'${shown}'` : `'${shown.slice(0, MAX_SHOWN)}…'`
}

/**
 * Returns a sentence for a key that was probably meant otherwise: a URL of S3 or of the web, a path with a leading
 * slash, or one that begins with its bucket. Undefined for any other key. S3 accepts all of them as keys, so this is
 * for errors only.
 *
 * @param bucketName the bucket of the key; undefined if the caller may not know it
 */
export function hintAtKey (key: string, bucketName?: string): string | undefined {
  const [, bucket, rest] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(key) ?? []
  if (bucket !== undefined && rest !== undefined) {
    return `A key is not an s3:// URL: send the key ${quoteKey(rest)} and the bucket ${quoteKey(bucket)}.`
  }
  if (isUrl(key)) {
    const path = findPath(key)
    return (
      'A key is not a URL, and the service reads objects of its buckets only: send the key of the object' +
      (path === undefined ? '.' : `, such as ${quoteKey(path)}.`)
    )
  }
  const path = key.replace(/^\/+/, '')
  if (path === '') return 'A key does not begin with a slash.'
  const inner = bucketName !== undefined && path.startsWith(`${bucketName}/`) ? path.slice(bucketName.length + 1) : ''
  if (inner !== '') return `Keys rarely begin with the name of their bucket: try ${quoteKey(inner)}.`
  return key.startsWith('/') ? `Keys rarely begin with a slash: try ${quoteKey(path)}.` : undefined
}

function isUrl (key: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(key)
}

function findPath (url: string): string | undefined {
  const path = /^[^:]+:\/\/[^/]+\/([^?#]+)/.exec(url)?.[1]
  if (path === undefined) return undefined
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
