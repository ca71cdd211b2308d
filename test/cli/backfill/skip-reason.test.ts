import t from 'tap'
import { findSkipReason } from '../../../src/cli/backfill/skip-reason.ts'
import { failureKey, outputKey, storyboardPrefix } from '../../../src/thumbnails/stored/output-key.ts'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'

const rules = { outputBucket: 'media', outputPrefix: 'thumbnails/', extensions: undefined }
const look = (
  key: string,
  {
    bucket = 'media',
    bytes = 1,
    ...own
  }: { bucket?: string, bytes?: number, outputPrefix?: string, extensions?: string[] } = {}
) => findSkipReason({ bucket, key, bytes }, { ...rules, ...own })

t.test('takes videos, and what may be one', async (t) => {
  for (const key of [
    'a.mp4',
    'A.MP4',
    'films/a.mov',
    'no-extension',
    'a.b/c',
    'a.unknown',
    '.hidden',
    'thumbnails.mp4',
    'a+b %2B, ü.webm'
  ]) { t.equal(look(key), undefined, key) }
})

t.test('passes over what is no video by its name, what is empty, and what stands for a folder', async (t) => {
  for (const key of ['a.jpg', 'b/a.JPEG', 'a.txt', 'a.mp4.part', 'a.vtt', 'a.m4a', 'a.json']) {
    t.equal(look(key), 'type', key)
  }
  t.equal(look('a.mp4', { bytes: 0 }), 'empty')
  t.equal(look('films/'), 'folder')
  t.equal(findSkipReason({ bucket: 'media', key: 'a.mp4' }, rules), undefined, 'a list that tells no size')
})

t.test('takes the given extensions alone', async (t) => {
  t.same(
    ['a.mp4', 'a.MOV', 'a', 'a.webm'].map((key) => look(key, { extensions: ['mp4', 'mov'] })),
    [undefined, undefined, 'type', 'type']
  )
})

t.test('passes over what is its own: below the prefix, and without one by the form of the key', async (t) => {
  const source = { bucket: 'media', key: 'a.mp4', etag: '1' }
  const own = ['', 'thumbnails/'].map((prefix) => [
    outputKey({ prefix, source, options: completeOptions({ format: 'webp' }) }),
    failureKey({ prefix, source }),
    ...['sheet-1.jpg', 'storyboard.vtt', 'storyboard.json', 'signed-3600.vtt'].map(
      (name) => storyboardPrefix({ prefix, source, options: '' }) + name
    )
  ])
  for (const key of own[0]!) t.equal(look(key, { outputPrefix: '' }), 'output', key)
  for (const key of own[1]!) t.equal(look(key), 'output', key)
  t.equal(look('thumbnails/a.mp4'), 'output')
  t.equal(look('thumbnails/a.mp4', { bucket: 'videos' }), undefined)
})
