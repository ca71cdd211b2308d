// @ts-check

/**
 * @typedef {{ readonly kind: 'stored', readonly key: string, readonly bucket?: string } | { readonly kind: 'file',
 * readonly name: string }} CurlSource
 */

/**
 * Returns a curl command for the same request. It names the variable with the API key and never contains the key.
 * @param {{ base: string, source: CurlSource, options: Readonly<Record<string, string | number | boolean>>, needsKey:
 * boolean }} request `base` ends with a slash
 */
export function writeCurlLine ({ base, source, options, needsKey }) {
  const lines = needsKey ? ['  -H "authorization: Bearer $POSTERFRAME_KEY"'] : []
  if (source.kind === 'stored') {
    const { kind, ...address } = source
    lines.push("  -H 'content-type: application/json'", `  -d ${quote(JSON.stringify({ ...address, ...options }))}`)
    return [`curl -s ${quote(`${base}v1/thumbnails`)}`, ...lines].join(' \\\n')
  }
  const query = Object.entries(options)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  // In a quoted file name of curl, only the quote and the backslash are special.
  lines.push(`  -F ${quote(`file=@"${source.name.replace(/["\\]/g, '\\$&')}"`)}`)
  return [`curl -s ${quote(`${base}v1/thumbnails${query === '' ? '' : `?${query}`}`)}`, ...lines].join(' \\\n')
}

/**
 * Quotes a text as one word of a POSIX shell.
 * @param {string} text
 */
function quote (text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}
