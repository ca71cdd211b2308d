import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { createLocalStore } from '../../src/store/local/local-store.ts'
import { createMeteredStore } from '../../src/store/metered-store.ts'
import { NO_RECORDER } from '../../src/telemetry/recorder.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { testObjectStore } from '../support/object-store-contract.ts'
import { serveLocalStore } from '../support/serve-objects.ts'

const directory = t.testdir()
const { store: local, url } = await serveLocalStore(t, directory)
const late = await createLocalStore({ directory, publicUrl: () => url, now: () => new Date(Date.now() - 7_200_000) })

t.test('fulfils the store contract', async (t) => {
  testObjectStore(t, {
    store: createMeteredStore(local, NO_RECORDER),
    lateStore: createMeteredStore(late, NO_RECORDER),
    bucket: 'videos'
  })
})

t.test('counts requests by outcome, and transferred bytes', async (t) => {
  const requests: string[] = []
  const bytes = { read: 0, written: 0 }
  const memory = new MemoryStore()
  const store = createMeteredStore(memory, {
    ...NO_RECORDER,
    countStoreRequest (operation, outcome) {
      requests.push(`${operation} ${outcome}`)
    },
    countStoreBytes (direction, count) {
      bytes[direction] += count
    }
  })
  const controller = new AbortController()
  const { signal } = controller
  const address = { bucket: 'b', key: 'k' }
  await store.put(address, Buffer.alloc(1000), {
    signal,
    contentType: 'image/jpeg',
    cacheControl: 'private',
    metadata: {}
  })
  await store.head(address, { signal })
  const { body } = await store.get(address, { signal, range: { start: 0, end: 10 } })
  t.equal((await buffer(body)).length, 10)
  const unread = await store.get(address, { signal })
  unread.body.destroy()
  await t.rejects(store.get({ bucket: 'b', key: 'other' }, { signal }), { code: 'source_not_found' })
  memory.beforeCall = () => {
    controller.abort(new Error('stop'))
    throw signal.reason as Error
  }
  await t.rejects(store.head(address, { signal }), { message: 'stop' })
  t.same(requests, ['put ok', 'head ok', 'get ok', 'get ok', 'get source_not_found', 'head stopped'])
  t.same(bytes, { read: 10, written: 1000 })
})
