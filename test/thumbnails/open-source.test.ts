import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { createScratch } from '../../src/limits/scratch.ts'
import { claimUpload, openFrameSource } from '../../src/thumbnails/open-source.ts'
import { createEtagCache, identifySource } from '../../src/thumbnails/identify-source.ts'
import { MemoryStore } from '../support/memory-store.ts'

const signal = new AbortController().signal
const VIDEO = 'a video of some bytes'

async function setUp (t: Test) {
  const store = new MemoryStore()
  await store.put({ bucket: 'videos', key: 'a.mp4' }, Buffer.from(VIDEO), { contentType: 'video/mp4', metadata: {} })
  const directory = t.testdir()
  const scratch = await createScratch({ root: directory, reserveBytes: 0 })
  return { store, directory, context: { store, scratch, directory, signal, maxSourceBytes: 100 } }
}

t.test('reads ranges of an object, and downloads it when staged', async (t) => {
  const { store, context } = await setUp(t)
  const identified = await identifySource(
    { kind: 'stored', bucket: 'videos', key: 'a.mp4' },
    { store, etagCache: createEtagCache() },
    signal
  )
  const source = await openFrameSource(identified, context)
  t.equal((await source.reader.read(2, 7)).toString(), 'video')
  t.same(source.stats(), { bytesRead: VIDEO.length, requests: 1 }, 'only the beginning was read')
  t.equal((await readFile(await source.stage())).toString(), VIDEO)
  t.same(source.stats(), { bytesRead: 2 * VIDEO.length, requests: 2 })
  await source.close()
})

t.test('does not download an object above the size limit', async (t) => {
  const { store, context } = await setUp(t)
  const identified = await identifySource(
    { kind: 'stored', bucket: 'videos', key: 'a.mp4' },
    { store, etagCache: createEtagCache() },
    signal
  )
  const source = await openFrameSource(identified, { ...context, maxSourceBytes: 5 })
  await t.rejects(source.stage(), { code: 'source_too_large', members: { maxBytes: 5 } })
})

t.test('reads an upload from its file, without a copy', async (t) => {
  const { directory, context } = await setUp(t)
  const path = join(directory, 'upload')
  await writeFile(path, VIDEO)
  const upload = { kind: 'upload', path, bytes: VIDEO.length, sha256: 'ab'.repeat(32) } as const
  const source = await openFrameSource(
    { source: upload, identity: { sha256: upload.sha256 }, etag: upload.sha256, bytes: upload.bytes },
    context
  )
  t.equal((await source.reader.read(0, 1)).toString(), 'a')
  t.equal(await source.stage(), path)
  t.same(source.stats(), { bytesRead: VIDEO.length + 1, requests: 0 })
  await source.close()
})

t.test('rejects an upload whose file was deleted before it was claimed', async (t) => {
  const { directory } = await setUp(t)
  const upload = { kind: 'upload', path: join(directory, 'gone'), bytes: 1, sha256: 'ab'.repeat(32) } as const
  await t.rejects(claimUpload({ source: upload, identity: { sha256: upload.sha256 }, etag: '', bytes: 1 }, directory), {
    code: 'source_changed'
  })
})
