/**
 * Lists commands to try against a service that has the sample video.
 * @param {string} base of the service, without a slash at the end
 * @param {{ bucket: string, key: string, path: string }} sample
 * @returns {string[]} lines for the terminal
 */
export function listFirstRequests (base, sample) {
  return [
    'or try this in another terminal:',
    `  curl -s '${base}/v1/thumbnails' -H 'content-type: application/json' -d '{"key": "${sample.key}", "timestamp": "12.48"}'`,
    `  curl -sL -o thumbnail.jpg '${base}/v1/thumbnails?key=${sample.key}&timestamp=50pct'`,
    `  curl -s '${base}/v1/thumbnails?timestamp=last' -F 'file=@${sample.path}'`
  ]
}
