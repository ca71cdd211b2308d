// Fails if an artefact must not be published: tar --list --file ARTEFACT | node scripts/check-artefact.mjs EXPECTED.
// Reads the paths in the artefact from standard input, one per line. EXPECTED is a path that the artefact has to
// contain, so that an empty or wrong list does not pass.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * The FFmpeg in these packages combines GPL code with libfdk-aac, whose licence the FSF considers incompatible with the
 * GPL, so publishing a copy would breach one of them (docs/licences.md). npm installs them for those who want them.
 */
const FORBIDDEN = [/(^|\/)node-av\.node$/, /(^|\/)@seydx\/node-av/]

/**
 * Returns the reasons against publishing an artefact with these paths.
 * @param {readonly string[]} paths
 * @param {string} expected
 * @returns {string[]} one line per reason
 */
export function findFaults (paths, expected) {
  const missing = paths.includes(expected) ? [] : [`${expected} is missing from the list of ${paths.length} files.`]
  const forbidden = paths.filter((path) => FORBIDDEN.some((pattern) => pattern.test(path)))
  return [...missing, ...forbidden.map((path) => `${path} must not be published: see docs/licences.md.`)]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const paths = readFileSync(process.stdin.fd, 'utf8')
    .split('\n')
    .map((path) => path.replace(/^\.\//, ''))
    .filter(Boolean)
  const faults = findFaults(paths, process.argv[2] ?? '')
  for (const fault of faults) console.error(fault)
  if (faults.length === 0) console.log(`${paths.length} files, none of node-av`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
