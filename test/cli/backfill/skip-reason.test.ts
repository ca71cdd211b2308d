import t from 'tap'
import { findSkipReason } from '../../../src/cli/backfill/skip-reason.ts'

const rules = { outputBucket: 'media', outputPrefix: 'thumbnails/', extensions: undefined }
const reasonOf = (
  key: string,
  {
    bucket = 'media',
    bytes = 1,
    ...own
  }: { bucket?: string, bytes?: number, outputPrefix?: string, extensions?: string[] } = {}
) => findSkipReason({ bucket, key, bytes }, { ...rules, ...own })

t.test('returns no reason for videos, and for keys that may be videos', async (t) => {
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
  ]) { t.equal(reasonOf(key), undefined, key) }
})

t.test('skips other kinds of files, empty objects and folder markers', async (t) => {
  for (const key of ['a.jpg', 'b/a.JPEG', 'a.txt', 'a.mp4.part', 'a.vtt', 'a.m4a', 'a.json']) {
    t.equal(reasonOf(key), 'type', key)
  }
  t.equal(reasonOf('a.mp4', { bytes: 0 }), 'empty')
  t.equal(reasonOf('films/'), 'folder')
  t.equal(findSkipReason({ bucket: 'media', key: 'a.mp4' }, rules), undefined, 'a list without sizes')
})

t.test('with a list of extensions, skips every other key', async (t) => {
  t.same(
    ['a.mp4', 'a.MOV', 'a', 'a.webm'].map((key) => reasonOf(key, { extensions: ['mp4', 'mov'] })),
    [undefined, undefined, 'type', 'type']
  )
})

t.test('skips everything under the output prefix of the output bucket', async (t) => {
  t.equal(reasonOf('thumbnails/a.mp4'), 'output')
  t.equal(reasonOf('thumbnails/a.mp4', { bucket: 'videos' }), undefined)
  t.equal(reasonOf('thumbnails/a.mp4', { outputPrefix: '' }), undefined)
})
