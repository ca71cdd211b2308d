import t from 'tap'
import { findSkipReason } from '../../src/cli/backfill/skip-reason.ts'
import { VIDEO_EXTENSIONS } from '../../src/options/containers.ts'
import { skipReasonOf, skipReasonOfHead } from '../../src/thumbnails/skip-source.ts'

const object = (key: string) => ({ bucket: 'media', key, bytes: 1 })
const output = { outputBucket: 'media', outputPrefix: 'thumbnails/' }
const isSkipped: Readonly<Record<string, (key: string) => boolean>> = {
  'an event': (key) => skipReasonOf(object(key), { ...output, sourceBuckets: ['media'] }) !== undefined,
  'a backfill': (key) => findSkipReason(object(key), { ...output, extensions: undefined }) !== undefined
}

const TRIED = [
  ...VIDEO_EXTENSIONS,
  ...'mp4 MP4 m4v mov 3gp webm mkv avi flv wmv asf mpg mpeg ts m2ts ogv ogg mxf unknown'.split(' ')
]
const SKIPPED = [
  'jpg JPEG png gif webp avif heic heif svg psd txt json jsonl ndjson vtt ttml srt m3u8',
  'mp3 m4a oga zip parquet part failed'
].flatMap((line) => line.split(' '))

for (const [name, skips] of Object.entries(isSkipped)) {
  t.test(`${name} tries every key that may be a video`, async (t) => {
    for (const extension of TRIED) t.notOk(skips(`films/clip.${extension}`), extension)
    for (const key of ['clip', 'films/clip', 'clip.jpg/clip', '.hidden', 'jpg']) t.notOk(skips(key), key)
  })

  t.test(`${name} skips a key whose extension is not that of a video`, async (t) => {
    for (const extension of SKIPPED) t.ok(skips(`films/clip.${extension}`), extension)
    t.ok(skips('films/clip.mp4.part'))
  })
}

t.test('an event believes the name of a video before its content type', async (t) => {
  const head = (contentType: string) => ({ bytes: 1, etag: 'a', contentType, metadata: {} })
  for (const [key, contentType] of [
    ['seg.ts', 'text/vnd.trolltech.linguist'],
    ['a.3GP', 'audio/3gpp'],
    ['a.ogg', 'audio/ogg'],
    ['a.mpg', 'image/jpeg'],
    ['a.apng', 'image/apng'],
    ['a.unknown', 'application/octet-stream'],
    ['a', 'binary/octet-stream']
  ] as const) {
    t.equal(skipReasonOfHead(key, head(contentType)), undefined, `${key} as ${contentType}`)
  }
  for (const [key, contentType] of [
    ['a', 'audio/3gpp'],
    ['a.unknown', 'text/plain'],
    ['a.gif', 'image/gif']
  ] as const) {
    t.match(skipReasonOfHead(key, head(contentType)), /is not that of a video/, `${key} as ${contentType}`)
  }
})
