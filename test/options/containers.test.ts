import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  CONTAINER_EXTENSIONS,
  CONTAINER_FORMATS,
  type ContainerFormat,
  FILE_PICKER_TYPES,
  OTHER_CONTAINER_TYPES,
  VIDEO_EXTENSIONS
} from '../../src/options/containers.ts'
import { guessMediaType } from '../../src/store/media-type.ts'
import { hasNonVideoExtension } from '../../src/thumbnails/skip-source.ts'
import { chooseUploadType } from '../../src/uploads/upload-type.ts'

const formats = Object.values<ContainerFormat>(CONTAINER_FORMATS)

t.test('an extension belongs to one container', async (t) => {
  const extensions = formats.flatMap((format) => Object.keys(format.extensions))
  t.equal(new Set(extensions).size, extensions.length)
  t.ok(extensions.every((extension) => /^[a-z0-9]+$/.test(extension)))
})

t.test('uploads, the local store and events accept every file of the table', async (t) => {
  for (const [extension, mediaType] of CONTAINER_EXTENSIONS) {
    t.equal(chooseUploadType(`a.${extension}`, mediaType), mediaType)
    t.equal(chooseUploadType(`a.${extension}`, 'application/octet-stream'), 'application/octet-stream')
    t.equal(guessMediaType(`a.${extension.toUpperCase()}`), mediaType)
  }
  for (const type of OTHER_CONTAINER_TYPES) t.equal(chooseUploadType('a', type), type)
  for (const extension of VIDEO_EXTENSIONS) t.notOk(hasNonVideoExtension(`a.${extension}`), extension)
})

t.test('the playground offers the files of the table', async (t) => {
  const page = readFileSync('src/http/playground/index.html', 'utf8')
  t.equal(/id="file" type="file" accept="([^"]*)"/.exec(page)?.[1], FILE_PICKER_TYPES)
})

t.test('docs/uploads.md lists the containers and types of the table', async (t) => {
  const page = readFileSync('docs/uploads.md', 'utf8')
  for (const { label, extensions, otherTypes = [] } of formats) {
    const row = page.split('\n').find((line) => line.startsWith(`| ${label} |`)) ?? ''
    const names = [...Object.keys(extensions).map((extension) => `\`.${extension}\``), ...otherTypes.map((type) => `\`${type}\``)]
    t.same(names.filter((name) => !row.includes(name)), [], label)
  }
  const rows = page.split('\n').filter((line) => /^\| .* \| .*`(\.|video)/.test(line))
  t.equal(rows.length, formats.length, 'and no other')
})

t.test('no demuxer of the table reads lists, or patterns of names', async (t) => {
  const others = new Set('concat dash hls image2 imf lavfi rtsp sdp vapoursynth vobsub'.split(' '))
  t.same(formats.filter(({ demuxer }) => others.has(demuxer)), [])
})
