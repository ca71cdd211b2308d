import t from 'tap'
import { type JobRecord, JOB_NAME, openJobRecords } from '../../src/jobs/stored-job.ts'
import { MemoryStore } from '../support/memory-store.ts'

const { signal } = new AbortController()
const record: JobRecord = {
  version: 1,
  kind: 'batch',
  body: { key: 'ü.mp4', items: [{}] },
  state: 'running',
  createdAt: '2026-11-23T12:00:00.000Z',
  beatAt: '2026-11-23T12:00:00.000Z'
}
const path = 'thumbnails/thumbnails/jobs/abc.json'

function open () {
  const store = new MemoryStore()
  return { store, records: openJobRecords({ store, bucket: 'thumbnails', prefix: 'thumbnails/' }) }
}

t.test('stores a job as a JSON object below the output prefix, marked as generated', async (t) => {
  const { store, records } = open()
  await records.write('abc', record, signal)
  t.same(await records.read('abc', signal), record)
  const stored = store.objects.get(path)
  t.match(stored, { contentType: 'application/json', metadata: { [JOB_NAME]: '{"version":1}' } })
  t.same(JSON.parse(String(stored?.data)), record)
})

t.test('reads no job from an object that is missing, unmarked, malformed or too long', async (t) => {
  const { store, records } = open()
  t.equal(await records.read('abc', signal), undefined)
  const marked = { [JOB_NAME]: '{"version":1}' }
  const others: Array<[text: string, metadata: Record<string, string>]> = [
    [JSON.stringify(record), {}],
    ['{', marked],
    ['[]', marked],
    [JSON.stringify({ ...record, version: 2 }), marked],
    [JSON.stringify({ ...record, state: 'odd' }), marked],
    [JSON.stringify({ ...record, failure: { code: 'toString', members: {} } }), marked],
    [JSON.stringify({ ...record, body: { text: 'x'.repeat(2 ** 21) } }), marked]
  ]
  for (const [text, metadata] of others) {
    await store.put({ bucket: 'thumbnails', key: 'thumbnails/jobs/abc.json' }, Buffer.from(text), {
      contentType: 'application/json',
      metadata
    })
    t.equal(await records.read('abc', signal), undefined, text.slice(0, 40))
  }
})

t.test('passes on failures of the store', async (t) => {
  const { store, records } = open()
  store.beforeCall = () => {
    throw new Error('down')
  }
  await t.rejects(records.read('abc', signal), { message: 'down' })
})
