import t from 'tap'
import Type from 'typebox'
import { PosterframeError } from '../../src/errors.ts'
import { getJson, parseJson } from '../../src/store/stored-json.ts'
import { MemoryStore } from '../support/memory-store.ts'

const address = { bucket: 'out', key: 'a.json' }
const schema = Type.Object({ name: Type.String() })
const { signal } = new AbortController()

t.test('reads an object that matches the schema, with its metadata', async (t) => {
  const store = new MemoryStore()
  const text = '{"name":"ü"}'
  await store.put(address, Buffer.from(text), { contentType: 'application/json', metadata: { mark: '1' } })
  const found = { value: { name: 'ü' }, metadata: { mark: '1' } }
  t.same(await getJson(store, address, schema, { maxBytes: Buffer.byteLength(text), signal }), found)
  t.equal(await getJson(store, address, schema, { maxBytes: Buffer.byteLength(text) - 1, signal }), undefined)
})

t.test('treats an object that is missing, malformed or of another shape as absent', async (t) => {
  const store = new MemoryStore()
  t.equal(await getJson(store, address, schema, { maxBytes: 100, signal }), undefined)
  for (const text of ['', '{', 'null', '[]', '{"name":1}']) {
    await store.put(address, Buffer.from(text), { contentType: 'application/json', metadata: {} })
    t.equal(await getJson(store, address, schema, { maxBytes: 100, signal }), undefined, text)
    t.equal(parseJson(text, schema), undefined, text)
  }
  t.equal(parseJson(undefined, schema), undefined)
})

t.test('rejects with any other error of the store', async (t) => {
  const store = new MemoryStore()
  for (const error of [new PosterframeError('store_unavailable'), new Error('down')]) {
    store.beforeCall = () => {
      throw error
    }
    await t.rejects(getJson(store, address, schema, { maxBytes: 100, signal }), error)
  }
})
