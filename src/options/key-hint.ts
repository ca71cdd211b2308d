const MAX_SHOWN = 200

/** Returns a key as an error quotes it: short, and without the query of a URL, which may hold a signature. */
export function quoteKey (key: string): string {
  const shown = (isUrl(key) ? (key.split('?', 1)[0] ?? '') : key).toWellFormed()
  return shown.length <= MAX_SHOWN ? `'${shown}'` : `'${shown.slice(0, MAX_SHOWN)}…'`
}

/**
 * Returns a sentence for a key that was probably meant otherwise: a URL of S3 or of the web, or a path with a leading
 * slash. Undefined for any other key. S3 accepts all of them as keys, so this is for errors only.
 */
export function hintAtKey (key: string): string | undefined {
  const [, bucket, rest] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(key) ?? []
  if (bucket !== undefined && rest !== undefined) {
    return `A key is not an s3:// URL: send 'bucket' ${quoteKey(bucket)} and 'key' ${quoteKey(rest)}.`
  }
  if (isUrl(key)) {
    const path = findPath(key)
    return (
      'The service reads objects of its buckets, not URLs: send the path in the bucket' +
      (path === undefined ? ' as the key.' : `, such as ${quoteKey(path)}, as the key.`)
    )
  }
  if (!key.startsWith('/')) return undefined
  const path = key.replace(/^\/+/, '')
  return path === '' ? 'A key does not begin with a slash.' : `Keys rarely begin with a slash: try ${quoteKey(path)}.`
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
