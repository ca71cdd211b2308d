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
import type { StoredSource } from '../../../src/thumbnails/thumbnail.ts'
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

/** Sources and output in one bucket. A fake batch stores the bytes of the video as each thumbnail. */
function start (_t: Test, changes: Partial<HandleSourceChangeParts> = {}) {
  const store = new MemoryStore()
  const completions: Completion[] = []
  const fail: { with?: unknown, at?: number } = {}
  const made: string[] = []
  const makeBatch: MakeBatch = async ({ source: anySource, items }) => {
    const source = anySource as StoredSource
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
  const handleSourceChange = createHandleSourceChange({
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
  return { store, handleSourceChange, upload, readText, completions, fail, made, listPuts }
}

t.test('makes every named thumbnail, copies it and its metadata to the alias, and publishes it', async (t) => {
  const { handleSourceChange, upload, readText, completions, store } = start(t)
  await upload('first')
  t.match(await handleSourceChange(created, { signal }), {
    kind: 'made',
    completions: [{ name: 'poster' }, { name: 'small' }]
  })
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

t.test('a repeated event writes nothing, and publishes again', async (t) => {
  const { handleSourceChange, upload, completions, listPuts } = start(t)
  await upload('first')
  await handleSourceChange(created, { signal })
  const puts = listPuts().length
  await handleSourceChange(created, { signal })
  t.equal(listPuts().length, puts)
  t.equal(completions.length, 4)
})

t.test('the alias shows the version that the store holds, in whatever order events come', async (t) => {
  const { handleSourceChange, upload, readText } = start(t)
  await upload('first')
  await upload('second')
  await handleSourceChange(created, { signal })
  t.equal(readText(POSTER), 'second')
  await handleSourceChange(created, { signal })
  t.equal(readText(POSTER), 'second', 'after the late event of the first version')
})

t.test('a source that is overwritten meanwhile leaves no alias of the older version', async (t) => {
  const { store, handleSourceChange, upload, readText, completions } = start(t)
  await upload('first')
  let isOverwritten = false
  store.beforeCall = async (call) => {
    if (call !== `put media/${POSTER}` || isOverwritten) return
    isOverwritten = true
    await upload('second')
    // The event of the second version is handled first.
    await handleSourceChange(created, { signal })
  }
  await handleSourceChange(created, { signal })
  t.equal(readText(POSTER), 'second')
  t.equal(readText(SMALL), 'second')
  t.equal(completions.length, 4)
  let version = 0
  store.beforeCall = async (call) => {
    if (call === `head media/${POSTER}`) await upload(`version ${version++}`)
  }
  await t.rejects(
    handleSourceChange(created, { signal }),
    { code: 'source_changed', retryable: true },
    'a source that changes all the time is retried later'
  )
})

t.test('skips objects that cannot be sources', async (t) => {
  const sourcePrefixes = ['videos/', KEY, 'thumbnails/', 'copy']
  const { handleSourceChange, upload, made, store } = start(t, { sourcePrefixes })
  await upload('first')
  await handleSourceChange(created, { signal })
  made.length = 0
  for (const name of [...store.objects.keys()].filter((name) => name !== `media/${KEY}`)) {
    t.match(
      await handleSourceChange({ kind: 'created', bucket: 'media', key: name.slice('media/'.length) }, { signal }),
      { kind: 'skipped', reason: /output prefix/ },
      'a generated object'
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
    'no longer exists': ['videos/gone.mp4']
  }
  for (const [reason, [key, contentType, text = 'x']] of Object.entries(skipped)) {
    if (contentType !== undefined) await upload(text, key, { contentType, metadata: {} })
    t.match(
      await handleSourceChange({ kind: 'created', bucket: 'media', key }, { signal }),
      { kind: 'skipped', reason: new RegExp(reason) },
      key
    )
  }
  t.match(await handleSourceChange({ kind: 'created', bucket: 'other', key: KEY }, { signal }), {
    kind: 'skipped',
    reason: /bucket/
  })
  t.same(made, [])
  await upload('x', 'videos/no-extension', { contentType: 'binary/octet-stream', metadata: {} })
  t.match(
    await handleSourceChange({ kind: 'created', bucket: 'media', key: 'videos/no-extension' }, { signal }),
    { kind: 'made' },
    'an object that may be a video'
  )
})

t.test(
  'a permanent failure leaves a record for each name and is published; other names have their thumbnails',
  async (t) => {
    const { handleSourceChange, upload, readText, completions, fail, store } = start(t)
    await upload('first')
    fail.with = new PosterframeError('no_video_track')
    t.match(await handleSourceChange(created, { signal }), {
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
    fail.with = new PosterframeError('store_rejected')
    t.match(await handleSourceChange(created, { signal }), {
      completions: [{ problem: { code: 'store_rejected' } }, { problem: { code: 'store_rejected' } }]
    })
    completions.length = 2
    fail.with = new PosterframeError('timestamp_out_of_range', { members: { duration: 1 } })
    fail.at = 1
    await handleSourceChange(created, { signal })
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

t.test('a failure that a retry may solve rejects, and leaves no record', async (t) => {
  for (const at of [undefined, 0]) {
    for (const error of [
      new PosterframeError('store_unavailable'),
      new PosterframeError('store_forbidden'),
      ...(at === undefined ? [new Error('a bug')] : [])
    ]) {
      const { handleSourceChange, upload, fail, listPuts, completions } = start(t)
      await upload('first')
      Object.assign(fail, { with: error, at })
      await t.rejects(handleSourceChange(created, { signal }), error)
      t.same([listPuts().filter((call) => call.endsWith('failed')), completions], [[], []])
    }
  }
  const { handleSourceChange, upload } = start(t, {
    publishCompletion: async () => {
      throw new Error('the queue is full')
    }
  })
  await upload('first')
  await t.rejects(handleSourceChange(created, { signal }), /queue is full/, 'publishing failed')
})

t.test('deletes the derivatives of a deleted source if configured, and no other objects', async (t) => {
  const { store, handleSourceChange, upload } = start(t, { onSourceDeleted: 'delete' })
  const below = `${KEY}/deeper.mp4`
  for (const key of [KEY, below]) {
    await upload('video', key)
    await handleSourceChange({ ...created, key }, { signal })
  }
  const fingerprint = '0123456789abcdef0123456789abcdef'
  const own = [
    `thumbnails/${KEY}/${fingerprint}/storyboard.json`,
    `thumbnails/${KEY}/${fingerprint}/sheet-12.jpg`,
    `thumbnails/${KEY}/${fingerprint}/signed-3600.vtt`,
    `thumbnails/${KEY}/${fingerprint}.failed`,
    `thumbnails/${KEY}/small.failed`
  ]
  const foreign = [
    `thumbnails/${KEY}/notes.txt`,
    `thumbnails/${KEY}/cover.jpg`,
    `thumbnails/${KEY}/${fingerprint}/cover.jpg`,
    `thumbnails/${KEY}.jpg`
  ]
  for (const key of [...own, ...foreign]) await upload('x', key)
  t.match(await handleSourceChange(deleted, { signal }), { kind: 'made' }, 'the source exists: the event is late')
  await store.delete(source)
  t.same(await handleSourceChange(deleted, { signal }), { kind: 'deleted', objects: 4 + own.length })
  const left = [...store.objects.keys()].map((name) => name.slice('media/'.length))
  t.same(
    left.filter((key) => own.includes(key)),
    []
  )
  t.same(left.filter((key) => foreign.includes(key)).sort(), [...foreign].sort())
  t.equal(left.filter((key) => key.startsWith(`thumbnails/${below}/`)).length, 4)
  t.match(await start(t).handleSourceChange(deleted, { signal }), { kind: 'skipped', reason: /keeps the derivatives/ })
})

t.test('a source that is written again during the deletion gets new thumbnails', async (t) => {
  const { store, handleSourceChange, upload, readText } = start(t, { onSourceDeleted: 'delete' })
  await upload('first')
  await handleSourceChange(created, { signal })
  await store.delete(source)
  store.beforeCall = async (call) => {
    if (call.startsWith('delete media/thumbnails/') && !store.objects.has(`media/${KEY}`)) await upload('again')
  }
  t.match(await handleSourceChange(deleted, { signal }), { kind: 'made' })
  t.equal(readText(POSTER), 'again')
})
