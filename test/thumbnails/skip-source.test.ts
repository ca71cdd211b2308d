import t from 'tap'
import { findSkipReason } from '../../src/cli/backfill/skip-reason.ts'
import { skipReasonOf } from '../../src/thumbnails/skip-source.ts'

const object = (key: string) => ({ bucket: 'media', key, bytes: 1 })
const output = { outputBucket: 'media', outputPrefix: 'thumbnails/' }
const isSkipped: Readonly<Record<string, (key: string) => boolean>> = {
  'an event': (key) => skipReasonOf(object(key), { ...output, sourceBuckets: ['media'] }) !== undefined,
  'a backfill': (key) => findSkipReason(object(key), { ...output, extensions: undefined }) !== undefined
}

const TRIED = 'mp4 MP4 m4v mov 3gp webm mkv avi flv wmv asf mpg mpeg ts m2ts ogv ogg mxf unknown'.split(' ')
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
