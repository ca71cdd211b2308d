import t from 'tap'
import { createCdnStore } from '../../src/store/cdn-store.ts'
import { MemoryStore } from '../support/memory-store.ts'

const signal = AbortSignal.timeout(10_000)

t.test('returns CDN URLs for the bucket, with the key encoded', async (t) => {
  const store = createCdnStore(new MemoryStore(), {
    bucket: 'thumbnails',
    baseUrl: 'https://cdn.example/pictures'
  })
  const key = "thumbnails/a+b %2B, ü (1)!'*.mp4/0f.jpg"
  const { url, expiresAt } = await store.presignGet({ bucket: 'thumbnails', key }, { expiresInSeconds: 600 })
  t.match(url, /^https:\/\/cdn\.example\/pictures\/thumbnails\/[A-Za-z0-9%._-]+\/0f\.jpg$/)
  t.equal(decodeURIComponent(new URL(url).pathname), `/pictures/${key}`)
  t.equal((await store.presignHead({ bucket: 'thumbnails', key }, { expiresInSeconds: 600 })).url, url)
  t.ok(Math.abs(expiresAt.getTime() - Date.now() - 600_000) < 60_000)
})

t.test('presigns URLs of other buckets, and passes on all other calls', async (t) => {
  const inner = new MemoryStore()
  const store = createCdnStore(inner, { bucket: 'thumbnails', baseUrl: 'https://cdn.example' })
  await store.put({ bucket: 'videos', key: 'a' }, Buffer.from('abc'), {
    signal,
    contentType: 'video/mp4',
    cacheControl: 'no-store',
    metadata: {}
  })
  t.equal((await store.head({ bucket: 'videos', key: 'a' }, { signal }))?.bytes, 3)
  t.same(
    await store
      .presignGet({ bucket: 'videos', key: 'a' }, { expiresInSeconds: 60 })
      .then(({ url }) => url.startsWith('https://cdn.example')),
    false
  )
  const { url } = await store.presignHead({ bucket: 'videos', key: 'a' }, { expiresInSeconds: 60 })
  t.equal(url, 'memory://videos/a?method=HEAD')
})
