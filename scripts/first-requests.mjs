/**
 * Lists commands to try against a service that has the sample video.
 * @param {string} base of the service, without a slash at the end
 * @param {{ bucket: string, key: string, path: string }} sample
 * @param {string | undefined} auth value of POSTERFRAME_AUTH
 * @returns {string[]} lines for the terminal
 */
export function listFirstRequests (base, sample, auth = 'none') {
  const curl = `curl${credentialsOf(auth)}`
  return [
    'or try this in another terminal:',
    `  ${curl} -s '${base}/v1/thumbnails' -H 'content-type: application/json' -d '{"key": "${sample.key}", "timestamp": "12.48"}'`,
    `  ${curl} -sL -o thumbnail.jpg '${base}/v1/thumbnails?key=${sample.key}&timestamp=50pct'`,
    `  ${curl} -s '${base}/v1/thumbnails?timestamp=last' -F 'file=@${sample.path}'`
  ]
}

/**
 * Returns the header that a request needs, with a space before it.
 * @param {string} auth
 * @returns {string}
 */
function credentialsOf (auth) {
  if (auth.trim() === '' || auth.trim() === 'none') return ''
  return auth.includes('api-key') ? " -H 'x-api-key: YOUR_KEY'" : " -H 'authorization: Bearer YOUR_TOKEN'"
}
