import { readFileSync } from 'node:fs'
import t from 'tap'
import { PICTURE_FORMATS } from '../../src/options/formats.ts'
import { FORMATS } from '../../src/options/frame-options.ts'
import { guessMediaType } from '../../src/store/media-type.ts'
import { hasNonVideoExtension } from '../../src/thumbnails/skip-source.ts'

const formats = Object.values(PICTURE_FORMATS)

t.test('every format has a media type and an extension of its own', async (t) => {
  for (const name of ['mediaType', 'extension'] as const) {
    t.equal(new Set(formats.map((format) => format[name])).size, formats.length, name)
  }
})

t.test('the local store and the rules for sources know the extension of every format', async (t) => {
  for (const { extension, mediaType } of formats) {
    t.equal(guessMediaType(`a.${extension}`), mediaType)
    t.ok(hasNonVideoExtension(`a.${extension}`), extension)
  }
})

t.test('the playground offers every format of a thumbnail', async (t) => {
  const [, select = ''] = /<select id="format"[^>]*>([^]*?)<\/select>/.exec(
    readFileSync('src/http/playground/index.html', 'utf8')
  ) ?? []
  t.same(
    [...select.matchAll(/value="(\w+)"/g)].map(([, value]) => value),
    FORMATS
  )
})
