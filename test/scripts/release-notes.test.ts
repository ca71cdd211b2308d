import { spawnSync } from 'node:child_process'
import t from 'tap'
import { cutReleaseNotes } from '../../scripts/release-notes.mjs'

const changelog = `# Changelog

## [Unreleased]

### Added

- Nothing yet.

## [1.10.0] - 2030-02-01

### Fixed

- A fix. See [the docs](docs/a.md).

## [1.1.0] - 2030-01-01

### Added

- A feature.

## [1.0.0] - 2029-01-01

[1.1.0]: https://example.com/1.1.0
[1.0.0]: https://example.com/1.0.0
`
const cut = (version: string, tag = `v${version}`) => cutReleaseNotes({ tag, version, changelog })

t.test('returns the section of the version without its heading', async (t) => {
  t.equal(cut('1.10.0'), '### Fixed\n\n- A fix. See [the docs](docs/a.md).')
  t.equal(cut('1.1.0'), '### Added\n\n- A feature.')
})

t.test('rejects a tag that differs from package.json', async (t) => {
  for (const tag of ['', '1.1.0', 'v1.1.1', 'v1.1.0-rc.1']) {
    t.throws(() => cut('1.1.0', tag), { message: /but package\.json has version 1\.1\.0\. Tag the commit v1\.1\.0\./ })
  }
})

t.test('rejects a version whose section is missing, undated or empty', async (t) => {
  t.throws(() => cut('1.2.0'), { message: /no section "## \[1\.2\.0\] - YYYY-MM-DD"/ })
  t.throws(
    () => cutReleaseNotes({ tag: 'v1.0.0', version: '1.0.0', changelog: '## [Unreleased] 1.0.0\n\n- A.\n' }),
    /no section/
  )
  t.throws(() => cut('1.0.0'), { message: /section of 1\.0\.0 in CHANGELOG\.md is empty/ })
})

t.test('the script fails with one line and prints no notes', async (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release-notes.mjs', 'v0.0.0'], {
    encoding: 'utf8'
  })
  t.same([status, stdout], [1, ''])
  t.match(stderr, /^The tag is 'v0\.0\.0', but package\.json has version .*\n$/)
})
