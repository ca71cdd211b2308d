import { readdir } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { createScratch } from '../../../src/limits/scratch.ts'
import { createSemaphore } from '../../../src/limits/semaphore.ts'
import { createStoredUseCase, type StoredUseCase } from '../../../src/thumbnails/use-cases/stored-use-case.ts'
import { MemoryStore } from '../../support/memory-store.ts'

interface Options {
  readonly regenerate: boolean
  readonly name: string
}
type UseCase = StoredUseCase<Options, string, number, { readonly bytes: number, readonly mode: string }>

const source = { kind: 'stored', bucket: 'videos', key: 'a.mp4' } as const

/** The use case of a text: the name that was requested, padded to the length of the source. */
async function setUp (t: Test, changes: Partial<UseCase> = {}) {
  const store = new MemoryStore()
  await store.put(source, Buffer.from('first'), { contentType: 'video/mp4', metadata: {} })
  const root = t.testdir()
  const made: string[] = []
  const makeStored = createStoredUseCase<Options, string, number, { readonly bytes: number, readonly mode: string }>(
    {
      store,
      scratch: await createScratch({ root, reserveBytes: 0 }),
      admission: createSemaphore({ slots: 2, queue: 8 }),
      slots: createSemaphore({ slots: 2, queue: 8 }),
      outputBucket: 'out',
      outputPrefix: 'texts/',
      sourceBuckets: ['videos'],
      maxSourceBytes: 1000
    },
    {
      key: ({ prefix, source, options }) => `${prefix}${'etag' in source ? source.etag : ''}/${options.name}`,
      find: async (address) => (await store.head(address))?.bytes,
      async make (opened, { options: { name } }) {
        made.push(name)
        return { product: name.padEnd(opened.reader.size), mode: 'ranged', packetsDecoded: 1 }
      },
      async save (address, product) {
        await store.put(address, Buffer.from(product), { contentType: 'text/plain', metadata: {} })
        return product.length
      },
      respond: async ({ stored, work }) => ({ bytes: stored, mode: work.mode }),
      ...changes
    }
  )
  const request = async (options: Partial<Options> = {}, signal = new AbortController().signal) =>
    (await makeStored({ source, options: { regenerate: false, name: 'a', ...options } }, { signal })).response
  return { store, root, made, request }
}

t.test('makes a product once, and then finds it', async (t) => {
  const { request, made, store, root } = await setUp(t)
  t.same(await request(), { bytes: 5, mode: 'ranged' })
  t.same(await request(), { bytes: 5, mode: 'cached' })
  t.same(await request({ name: 'b' }), { bytes: 5, mode: 'ranged' })
  t.same(await request({ regenerate: true }), { bytes: 5, mode: 'ranged' })
  await store.put(source, Buffer.from('second'), { contentType: 'video/mp4', metadata: {} })
  t.same(await request(), { bytes: 6, mode: 'ranged' }, 'a new version of the source')
  t.same(made, ['a', 'b', 'a', 'a'])
  t.same(await readdir(root), [], 'scratch is empty')
})

t.test('requests at the same time share one job', async (t) => {
  const { request, made } = await setUp(t)
  await Promise.all(Array.from({ length: 20 }, () => request()))
  t.same(made, ['a'])
})

t.test('looks up the product of a cached version while the store confirms the version', async (t) => {
  const { request, store } = await setUp(t)
  await request()
  store.calls.length = 0
  const isLookedUp = Promise.withResolvers<undefined>()
  store.beforeCall = async (call) => {
    if (call.startsWith('head out/') && call.endsWith('/a')) isLookedUp.resolve(undefined)
    if (call === 'head videos/a.mp4') await isLookedUp.promise
  }
  t.match(await request(), { mode: 'cached' })
  t.equal(store.calls.filter((call) => call.endsWith('/a')).length, 1)
})

t.test('ignores a failed lookup of a version that is no longer current', async (t) => {
  const { request, store } = await setUp(t)
  await request()
  await store.put(source, Buffer.from('second'), { contentType: 'video/mp4', metadata: {} })
  let lookups = 0
  store.beforeCall = (call) => {
    if (call.endsWith('/a') && ++lookups === 1) throw new PosterframeError('store_unavailable')
  }
  t.match(await request(), { bytes: 6, mode: 'ranged' })
})

t.test('saves nothing after the client has left', async (t) => {
  const controller = new AbortController()
  const { request, store } = await setUp(t, {
    make: async () => {
      controller.abort(new Error('gone'))
      return { product: 'late', mode: 'ranged', packetsDecoded: 1 }
    }
  })
  await t.rejects(request({}, controller.signal), { message: 'gone' })
  t.same([...store.objects.keys()], ['videos/a.mp4'])
})
