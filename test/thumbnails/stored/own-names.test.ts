import t from 'tap'
import { findSkipReason } from '../../../src/cli/backfill/skip-reason.ts'
import { FORMATS } from '../../../src/options/frame-options.ts'
import { PREVIEW_FORMATS } from '../../../src/options/preview-options.ts'
import { SHEET_FORMATS } from '../../../src/options/storyboard-options.ts'
import { completeOptions, OPTION_RANGES } from '../../../src/options/thumbnail-options.ts'
import {
  aliasKey,
  derivativePrefixes,
  failureKey,
  failureRecordKey,
  outputKey,
  previewKey,
  storyboardPrefix
} from '../../../src/thumbnails/stored/output-key.ts'
import {
  isOwnName,
  MANIFEST_NAME,
  sheetName,
  signedVttName,
  VTT_NAME
} from '../../../src/thumbnails/stored/own-names.ts'

const source = { bucket: 'media', key: 'a.mp4', etag: '1' }
const aliases = ['poster', 'small.1']

/** Keys of everything that can be generated from the source. */
function listKeys (prefix: string) {
  const folder = storyboardPrefix({ prefix, source, options: '' })
  const parts = [
    MANIFEST_NAME,
    VTT_NAME,
    signedVttName(OPTION_RANGES.expires.maximum),
    ...SHEET_FORMATS.map((format) => sheetName(12, format))
  ]
  return {
    generated: [
      ...FORMATS.map((format) => outputKey({ prefix, source, options: completeOptions({ format }) })),
      ...PREVIEW_FORMATS.map((format) => previewKey({ prefix, source, options: '', format })),
      failureKey({ prefix, source }),
      ...parts.map((name) => folder + name)
    ],
    named: aliases.flatMap((name) => [
      ...FORMATS.map((format) => aliasKey({ prefix, key: source.key, name, format })),
      failureRecordKey({ prefix, key: source.key, name })
    ])
  }
}

t.test('a deletion recognises everything that is generated from a source', async (t) => {
  const prefix = 'thumbnails/'
  const [folder = ''] = derivativePrefixes({ prefix, key: source.key })
  const { generated, named } = listKeys(prefix)
  for (const key of generated) t.ok(isOwnName(key.slice(folder.length), []), key)
  for (const key of named) {
    t.ok(isOwnName(key.slice(folder.length), aliases), key)
    t.notOk(isOwnName(key.slice(folder.length), []), `${key} without its alias`)
  }
})

t.test('a backfill without an output prefix recognises everything that has no alias for a name', async (t) => {
  const rules = { outputBucket: source.bucket, outputPrefix: '', extensions: undefined }
  for (const key of listKeys('').generated) {
    t.equal(findSkipReason({ bucket: source.bucket, key, bytes: 1 }, rules), 'output', key)
  }
  for (const key of listKeys('').named) {
    t.equal(findSkipReason({ bucket: source.bucket, key, bytes: 1 }, rules), 'type', key)
  }
})

t.test('names that Posterframe does not give are not its own', async (t) => {
  const fingerprint = '0123456789abcdef'.repeat(2)
  for (const name of [
    'notes.txt',
    'cover.jpg',
    'deeper.mp4',
    `${fingerprint}.gz`,
    `${fingerprint}.jpg.bak`,
    `${fingerprint.slice(1)}.jpg`,
    `${fingerprint}/cover.jpg`,
    `${fingerprint}/chapters.vtt`,
    `${fingerprint}/sheet-1.png`,
    `deeper.mp4/${fingerprint}.jpg`,
    'poster.mp4',
    'poster.jpg/a.jpg',
    'small.jpg'
  ]) t.notOk(isOwnName(name, aliases), name)
})
