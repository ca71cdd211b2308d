import t from 'tap'
import { findSkipReason } from '../../../src/cli/backfill/skip-reason.ts'

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

t.test('skips everything under the output prefix of the output bucket', async (t) => {
  t.equal(look('thumbnails/a.mp4'), 'output')
  t.equal(look('thumbnails/a.mp4', { bucket: 'videos' }), undefined)
  t.equal(look('thumbnails/a.mp4', { outputPrefix: '' }), undefined)
})
