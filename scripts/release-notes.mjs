// Prints the release notes of a tag: node scripts/release-notes.mjs v1.2.3. The notes are the section of that version
// in CHANGELOG.md. Fails if the tag and package.json disagree about the version.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * Returns the notes of the version that `tag` names.
 * @param {{ tag: string, version: string, changelog: string }} release `version` is that of package.json
 * @throws Error if the tag is not `v` and the version, or if CHANGELOG.md has no dated, filled section of that version
 */
export function cutReleaseNotes ({ tag, version, changelog }) {
  if (tag !== `v${version}`) {
    throw new Error(`The tag is '${tag}', but package.json has version ${version}. Tag the commit v${version}.`)
  }
  const section = changelog
    .split(/^(?=## )/m)
    .find((text) => text.startsWith(`## [${version}] - `))
  if (section === undefined) {
    throw new Error(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD". Add it before you tag the release.`)
  }
  const notes = section.slice(section.indexOf('\n') + 1).replace(/^\[[^\]]+\]: .*\n?/gm, '').trim()
  if (notes === '') throw new Error(`The section of ${version} in CHANGELOG.md is empty. Say what the release changes.`)
  return notes
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const read = (/** @type {string} */ name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
  try {
    const { version } = JSON.parse(read('package.json'))
    console.log(cutReleaseNotes({ tag: process.argv[2] ?? '', version, changelog: read('CHANGELOG.md') }))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
