import t from 'tap'
import { createEtagCache, identifySource } from '../../src/thumbnails/identify-source.ts'
import { MemoryStore } from '../support/memory-store.ts'

const address = { bucket: 'videos', key: 'a.mp4' }
const source = { kind: 'stored', ...address } as const
const signal = new AbortController().signal

async function setUp () {
  const store = new MemoryStore()
  const write = async (text: string) => {
    await store.put(address, Buffer.from(text), { contentType: 'video/mp4', metadata: {} })
  }
  await write('first version')
  store.calls.length = 0
  return { store, etagCache: createEtagCache(), write }
}

t.test('reads the beginning of a source whose ETag is not cached', async (t) => {
  const parts = await setUp()
  const identified = await identifySource(source, parts, signal)
  t.match(identified, { bytes: 13, identity: { ...address, etag: identified.etag }, headRequests: 0 })
  t.same(parts.store.calls, ['get videos/a.mp4'])
})

t.test('reads no bytes of a source whose ETag is cached', async (t) => {
  const parts = await setUp()
  const first = await identifySource(source, parts, signal)
  parts.store.calls.length = 0
  const second = await identifySource(source, parts, signal)
  t.equal(second.etag, first.etag)
  t.same(parts.store.calls, ['head videos/a.mp4'])
})

t.test('notices that a source was overwritten or deleted', async (t) => {
  const parts = await setUp()
  const first = await identifySource(source, parts, signal)
  await parts.write('another version')
  t.not((await identifySource(source, parts, signal)).etag, first.etag)
  parts.store.objects.clear()
  await t.rejects(identifySource(source, parts, signal), { code: 'source_not_found' })
})

t.test('identifies an upload by its digest', async (t) => {
  const parts = await setUp()
  const upload = { kind: 'upload', path: '/x', bytes: 3, sha256: 'ab'.repeat(32) } as const
  t.match(await identifySource(upload, parts, signal), {
    etag: upload.sha256,
    bytes: 3,
    identity: { sha256: upload.sha256 }
  })
  t.same(parts.store.calls, [])
})

t.test('the ETag cache drops the source that was used least recently', async (t) => {
  const cache = createEtagCache(2)
  const at = (key: string) => ({ bucket: 'videos', key })
  cache.set(at('a'), '1')
  cache.set(at('b'), '2')
  t.equal(cache.get(at('a')), '1')
  cache.set(at('c'), '3')
  t.same(['a', 'b', 'c'].map((key) => cache.get(at(key))), ['1', undefined, '3'])
})
