import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import {
  type Completion,
  createHandleSourceChange,
  type HandleSourceChangeParts
} from '../../../src/thumbnails/use-cases/handle-source-change.ts'
import type { MakeBatch } from '../../../src/thumbnails/use-cases/make-batch.ts'
import { parseNamedThumbnails } from '../../../src/options/named-thumbnails.ts'
import { outputKey } from '../../../src/thumbnails/stored/output-key.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const signal = new AbortController().signal
const VIDEO = { contentType: 'video/mp4', metadata: {} }
const KEY = 'a+b %2B, ü.mp4'
const source = { bucket: 'media', key: KEY }
const created = { kind: 'created', ...source } as const
const deleted = { kind: 'deleted', ...source } as const
const POSTER = `thumbnails/${KEY}/poster.jpg`
const SMALL = `thumbnails/${KEY}/small.webp`

/**
 * Source and output in one bucket. The use case of batches is as the real one, but that a picture is the bytes of its
 * video.
 */
function start (_t: Test, changes: Partial<HandleSourceChangeParts> = {}) {
  const store = new MemoryStore()
  const completions: Completion[] = []
  const fail: { with?: unknown, at?: number } = {}
  const made: string[] = []
  const makeBatch: MakeBatch = async ({ source, items }) => {
    const { body, etag } = await store.get(source, {})
    const bytes = Buffer.concat((await body.toArray()) as Buffer[])
    if (fail.with !== undefined && fail.at === undefined) throw fail.with as Error
    const thumbnails = await Promise.all(
      items.map(async (options, place) => {
        if (options instanceof PosterframeError) return options
        if (fail.at === place) return fail.with as PosterframeError
        const key = outputKey({
          prefix: 'thumbnails/',
          source: { bucket: source.bucket, key: source.key, etag },
          options
        })
        if (!store.objects.has(`media/${key}`)) {
          made.push(key)
          await store.put({ bucket: 'media', key }, bytes, {
            contentType: `image/${options.format}`,
            metadata: { posterframe: '{}' }
          })
        }
        return { ...fakeThumbnail, bucket: 'media', key, source: { ...fakeThumbnail.source, etag } }
      })
    )
    return { batch: { thumbnails, work: { bytesRead: 1, requests: 1, packetsDecoded: 1 } }, stepTimes: {} }
  }
  const follow = createHandleSourceChange({
    store,
    makeBatch,
    outputBucket: 'media',
    outputPrefix: 'thumbnails/',
    sourceBuckets: ['media'],
    thumbnails: parseNamedThumbnails('poster=timestamp=auto&width=640;small=width=160&format=webp', new Map())!,
    onSourceDeleted: 'keep',
    publishCompletion: async (completion) => {
      completions.push(completion)
    },
    ...changes
  })
  const upload = (text: string, key = KEY, put = VIDEO) => store.put({ bucket: 'media', key }, Buffer.from(text), put)
  const readText = (key: string) => store.objects.get(`media/${key}`)?.data.toString()
  const listPuts = () => store.calls.filter((call) => call.startsWith('put media/thumbnails/'))
  return { store, follow, upload, readText, completions, fail, made, listPuts }
}

t.test('every named thumbnail is made, is at its alias with all that is kept with it, and is told of', async (t) => {
  const { follow, upload, readText, completions, store } = start(t)
  await upload('first')
  t.match(await follow(created, { signal }), { kind: 'made', completions: [{ name: 'poster' }, { name: 'small' }] })
  t.equal(readText(POSTER), 'first')
  t.equal(readText(SMALL), 'first')
  t.match(store.objects.get(`media/${SMALL}`), {
    contentType: 'image/webp',
    metadata: { posterframe: '{}', 'posterframe-alias': /^[0-9a-f]{32}\.webp$/ }
  })
  t.match(completions, [
    {
      name: 'poster',
      source,
      alias: { bucket: 'media', key: POSTER },
      thumbnail: { key: /^thumbnails\/a\+b %2B, ü\.mp4\/[0-9a-f]{32}\.jpg$/ }
    },
    { name: 'small', alias: { key: SMALL } }
  ])
})

t.test('an event that comes again writes nothing, and tells once more', async (t) => {
  const { follow, upload, completions, listPuts } = start(t)
  await upload('first')
  await follow(created, { signal })
  const puts = listPuts().length
  await follow(created, { signal })
  t.equal(listPuts().length, puts)
  t.equal(completions.length, 4)
})

t.test('an alias is of what the store holds, whatever order events come in', async (t) => {
  const { follow, upload, readText } = start(t)
  await upload('first')
  await upload('second')
  await follow(created, { signal })
  t.equal(readText(POSTER), 'second')
  await follow(created, { signal })
  t.equal(readText(POSTER), 'second', 'the late event of the first version')
})

t.test('a source that is overwritten while its thumbnails are made leaves no alias of the older version', async (t) => {
  const { store, follow, upload, readText, completions } = start(t)
  await upload('first')
  let isOverwritten = false
  store.beforeCall = async (call) => {
    if (call !== `put media/${POSTER}` || isOverwritten) return
    isOverwritten = true
    await upload('second')
    // Its own event is faster.
    await follow(created, { signal })
  }
  await follow(created, { signal })
  t.equal(readText(POSTER), 'second')
  t.equal(readText(SMALL), 'second')
  t.equal(completions.length, 4)
  let version = 0
  store.beforeCall = async (call) => {
    if (call === `head media/${POSTER}`) await upload(`version ${version++}`)
  }
  await t.rejects(
    follow(created, { signal }),
    { code: 'source_changed', retryable: true },
    'one that never rests comes again'
  )
})

t.test('nothing is made of what is no source', async (t) => {
  const { follow, upload, made, store } = start(t, { sourcePrefixes: ['videos/', KEY, 'thumbnails/', 'copy'] })
  await upload('first')
  await follow(created, { signal })
  made.length = 0
  for (const name of [...store.objects.keys()].filter((name) => name !== `media/${KEY}`)) {
    t.match(
      await follow({ kind: 'created', bucket: 'media', key: name.slice('media/'.length) }, { signal }),
      { kind: 'skipped', reason: /output prefix/ },
      'what was made of it'
    )
  }
  await store.put({ bucket: 'media', key: 'copy' }, Buffer.from('x'), {
    contentType: 'application/octet-stream',
    metadata: { posterframe: '{}' }
  })
  const skipped: Record<string, [key: string, contentType?: string, text?: string]> = {
    'Posterframe generated': ['copy'],
    'outside the source prefixes': ['elsewhere/a.mp4', 'video/mp4'],
    folder: ['videos/', 'application/x-directory'],
    'extension .jpg': ['videos/a.JPG', 'application/octet-stream'],
    'content type image/png': ['videos/a', 'image/png'],
    empty: ['videos/empty.mp4', 'video/mp4', ''],
    gone: ['videos/gone.mp4']
  }
  for (const [reason, [key, contentType, text = 'x']] of Object.entries(skipped)) {
    if (contentType !== undefined) await upload(text, key, { contentType, metadata: {} })
    t.match(
      await follow({ kind: 'created', bucket: 'media', key }, { signal }),
      { kind: 'skipped', reason: new RegExp(reason) },
      key
    )
  }
  t.match(await follow({ kind: 'created', bucket: 'other', key: KEY }, { signal }), {
    kind: 'skipped',
    reason: /bucket/
  })
  t.same(made, [])
  await upload('x', 'videos/no-extension', { contentType: 'binary/octet-stream', metadata: {} })
  t.match(
    await follow({ kind: 'created', bucket: 'media', key: 'videos/no-extension' }, { signal }),
    { kind: 'made' },
    'what may be a video is tried'
  )
})

t.test(
  'a failure for good leaves a record for each name, and is told of; the other names have their thumbnails',
  async (t) => {
    const { follow, upload, readText, completions, fail, store } = start(t)
    await upload('first')
    fail.with = new PosterframeError('no_video_track')
    t.match(await follow(created, { signal }), {
      kind: 'made',
      completions: [{ problem: { code: 'no_video_track' } }, { problem: { code: 'no_video_track' } }]
    })
    const record = `thumbnails/${KEY}/poster.failed`
    t.match(JSON.parse(readText(record) ?? ''), {
      code: 'no_video_track',
      status: 422,
      retryable: false,
      source: { ...source, etag: createHash('md5').update('first').digest('hex') }
    })
    t.equal(store.objects.get(`media/${record}`)?.contentType, 'application/problem+json')
    fail.with = new PosterframeError('timestamp_out_of_range', { members: { duration: 1 } })
    fail.at = 1
    await follow(created, { signal })
    t.match(completions.slice(2), [
      { name: 'poster', alias: { key: POSTER } },
      {
        name: 'small',
        record: { key: `thumbnails/${KEY}/small.failed` },
        problem: { code: 'timestamp_out_of_range', duration: 1 }
      }
    ])
  }
)

t.test('what may succeed later comes again, and leaves no record', async (t) => {
  for (const at of [undefined, 0]) {
    for (const error of [
      new PosterframeError('store_unavailable'),
      new PosterframeError('store_forbidden'),
      ...(at === undefined ? [new Error('a bug')] : [])
    ]) {
      const { follow, upload, fail, listPuts, completions } = start(t)
      await upload('first')
      Object.assign(fail, { with: error, at })
      await t.rejects(follow(created, { signal }), error)
      t.same([listPuts().filter((call) => call.endsWith('failed')), completions], [[], []])
    }
  }
  const { follow, upload } = start(t, {
    publishCompletion: async () => {
      throw new Error('the queue is full')
    }
  })
  await upload('first')
  await t.rejects(follow(created, { signal }), /queue is full/, 'nobody was told')
})

t.test('what was made of a source goes with it where that is wished, and nothing else does', async (t) => {
  const { store, follow, upload } = start(t, { onSourceDeleted: 'delete' })
  const below = `${KEY}/deeper.mp4`
  for (const key of [KEY, below]) {
    await upload('video', key)
    await follow({ ...created, key }, { signal })
  }
  const print = '0123456789abcdef0123456789abcdef'
  const own = [
    `thumbnails/${KEY}/${print}/storyboard.json`,
    `thumbnails/${KEY}/${print}/sheet-12.jpg`,
    `thumbnails/${KEY}/${print}/signed-3600.vtt`,
    `thumbnails/${KEY}/${print}.failed`,
    `thumbnails/${KEY}/small.failed`
  ]
  const foreign = [
    `thumbnails/${KEY}/notes.txt`,
    `thumbnails/${KEY}/cover.jpg`,
    `thumbnails/${KEY}/${print}/cover.jpg`,
    `thumbnails/${KEY}.jpg`
  ]
  for (const key of [...own, ...foreign]) await upload('x', key)
  t.match(await follow(deleted, { signal }), { kind: 'made' }, 'it is still there: the event is late')
  await store.delete(source)
  t.same(await follow(deleted, { signal }), { kind: 'forgotten', objects: 4 + own.length })
  const left = [...store.objects.keys()].map((name) => name.slice('media/'.length))
  t.same(
    left.filter((key) => own.includes(key)),
    []
  )
  t.same(left.filter((key) => foreign.includes(key)).sort(), [...foreign].sort())
  t.equal(left.filter((key) => key.startsWith(`thumbnails/${below}/`)).length, 4)
  t.match(await start(t).follow(deleted, { signal }), { kind: 'skipped', reason: /kept/ })
})

t.test('a source that comes back while what was made of it is removed has its thumbnails again', async (t) => {
  const { store, follow, upload, readText } = start(t, { onSourceDeleted: 'delete' })
  await upload('first')
  await follow(created, { signal })
  await store.delete(source)
  store.beforeCall = async (call) => {
    if (call.startsWith('delete media/thumbnails/') && !store.objects.has(`media/${KEY}`)) await upload('again')
  }
  t.match(await follow(deleted, { signal }), { kind: 'made' })
  t.equal(readText(POSTER), 'again')
})
