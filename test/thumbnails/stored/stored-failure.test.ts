import { mock } from 'node:test'
import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { readFailure, writeFailure } from '../../../src/thumbnails/stored/stored-failure.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const location = { bucket: 'out', key: 'a.failed' }
const { signal } = new AbortController()

t.test('remembers a failure for an hour, or for as long as it says', async (t) => {
  const start = Date.now()
  for (const [rememberSeconds, lastMs] of [
    [undefined, 3_600_000],
    [300, 300_000],
    [86_400, 3_600_000]
  ] as const) {
    const store = new MemoryStore()
    mock.timers.enable({ apis: ['Date'], now: start })
    const options = rememberSeconds === undefined ? {} : { rememberSeconds }
    await writeFailure(store, location, new PosterframeError('corrupt_video', options), signal)
    mock.timers.setTime(start + lastMs)
    t.match(await readFailure(store, location, signal), { code: 'corrupt_video' })
    mock.timers.setTime(start + lastMs + 1)
    t.equal(await readFailure(store, location, signal), undefined)
    mock.timers.reset()
  }
})

t.test('never remembers that the machine could not run the decoder', async (t) => {
  const store = new MemoryStore()
  await writeFailure(store, location, new PosterframeError('overloaded'), signal)
  t.same([...store.objects.keys()], [])
})
