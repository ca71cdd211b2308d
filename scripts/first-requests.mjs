/**
 * Lists commands to try against a service that has the sample video.
 * @param {NodeJS.ProcessEnv} env
 * @param {{ bucket: string, key: string, path: string }} sample
 * @returns {string[]} lines for the terminal
 */
export function listFirstRequests (env, sample) {
  const base = env['POSTERFRAME_PUBLIC_URL'] || `http://127.0.0.1:${env['POSTERFRAME_PORT'] || env['PORT'] || '3000'}`
  return [
    'try this in another terminal:',
    `  curl -s '${base}/v1/thumbnails' -H 'content-type: application/json' -d '{"key": "${sample.key}", "timestamp": "12.48"}'`,
    `  curl -sL -o thumbnail.jpg '${base}/v1/thumbnails?key=${sample.key}&timestamp=50pct'`,
    `  curl -s '${base}/v1/thumbnails?timestamp=last' -F 'file=@${sample.path}'`
  ]
}
