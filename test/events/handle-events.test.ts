import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import { createHandleEvents } from '../../src/events/handle-events.ts'
import { createHandleMessage } from '../../src/events/handle-message.ts'
import { createWriteLog } from '../../src/events/write-log.ts'
import type { HandleSourceChange } from '../../src/thumbnails/use-cases/handle-source-change.ts'
import { fakeThumbnail } from '../support/fake-services.ts'
import { buildContext } from '../support/lambda-events.ts'
import { MemoryStore } from '../support/memory-store.ts'
import {
  buildBridgeEvent,
  buildNotification,
  buildQueueEvent,
  buildTopicEvent,
  TEST_EVENT
} from '../support/source-events.ts'

const source = (key: string) => ({ bucket: 'videos', key })

/** The function, with a use case whose outcome depends on the key. */
function start ({ concurrency = 2 }: { concurrency?: number } = {}) {
  const store = new MemoryStore()
  const lines: string[] = []
  const handled: string[] = []
  let [running, max] = [0, 0]
  const handleSourceChange: HandleSourceChange = async ({ bucket, key }, { signal }) => {
    handled.push(key)
    max = Math.max(max, ++running)
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    running--
    if (key.startsWith('retry')) throw new PosterframeError('store_unavailable')
    if (key.startsWith('bug')) throw new TypeError('a bug')
    if (key.startsWith('slow')) {
      return await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
      })
    }
    return {
      kind: 'made',
      completions: [
        { name: 'poster', source: { bucket, key }, alias: { bucket, key: 'alias' }, thumbnail: fakeThumbnail }
      ]
    }
  }
  const handleMessage = createHandleMessage({
    handleSourceChange,
    store,
    outputBucket: 'thumbnails',
    outputPrefix: 'thumbnails/'
  })
  const handle = createHandleEvents({
    handleMessage,
    concurrency,
    timeoutMs: 60_000,
    log: createWriteLog((line) => {
      lines.push(line)
    })
  })
  return { handle, store, lines, handled, countMax: () => max }
}

t.test('returns the messages of a queue that must be delivered again', async (t) => {
  const { handle, handled, countMax } = start()
  const messages = [
    buildNotification([source('a.mp4'), source('b.mp4')]),
    buildNotification([source('retry.mp4')]),
    buildBridgeEvent(source('c.mp4')),
    buildNotification([source('bug.mp4')]),
    TEST_EVENT
  ]
  t.same(await handle(buildQueueEvent(messages), buildContext()), {
    batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-3' }]
  })
  t.same([...handled].sort(), ['a.mp4', 'b.mp4', 'bug.mp4', 'c.mp4', 'retry.mp4'])
  t.equal(countMax(), 2, 'the concurrency limit')
  t.same(await handle(buildQueueEvent([buildNotification([source('a.mp4')])]), buildContext()), {
    batchItemFailures: []
  })
})

t.test('throws an error named by its code for other invocations, so that Lambda retries them', async (t) => {
  const { handle } = start()
  for (const event of [
    buildNotification([source('retry.mp4')]),
    buildTopicEvent(buildNotification([source('retry.mp4')])),
    buildBridgeEvent(source('retry.mp4'))
  ]) {
    await t.rejects(handle(event, buildContext()), { name: 'store_unavailable' })
  }
  await t.rejects(handle(buildBridgeEvent(source('bug.mp4')), buildContext()), {
    name: 'internal_error',
    message: /unexpectedly/
  })
  t.equal(await handle(buildBridgeEvent(source('a.mp4')), buildContext()), undefined)
  t.equal(await handle(TEST_EVENT, buildContext()), undefined)
})

t.test('stores and acknowledges a message that is not an event', async (t) => {
  const { handle, store, lines } = start()
  t.same(
    await handle(buildQueueEvent(['no event', 'no event', buildNotification([source('a.mp4')])]), buildContext()),
    { batchItemFailures: [] }
  )
  const [name, ...others] = store.objects.keys()
  t.same(others, [], 'equal messages share one object')
  t.match(name, /^thumbnails\/thumbnails\/unreadable\/[0-9a-f]{64}\.failed$/)
  t.match(JSON.parse(store.objects.get(name!)!.data.toString()), { code: 'invalid_request', message: 'no event' })
  t.match(lines.join(''), /unreadable message stored at thumbnails\/unreadable\//)
})

t.test('begins no message shortly before the end of the invocation, and aborts those at work', async (t) => {
  const { handle, handled } = start({ concurrency: 1 })
  t.same(await handle(buildQueueEvent([buildNotification([source('a.mp4')])]), buildContext(5900)), {
    batchItemFailures: [{ itemIdentifier: 'message-0' }]
  })
  t.same(handled, [])
  const left = [6000, 6000, 6000, 1010]
  const context = { getRemainingTimeInMillis: () => left.shift() ?? 1000 }
  const response = await handle(
    buildQueueEvent(['a.mp4', 'slow.mp4', 'b.mp4', 'c.mp4'].map((key) => buildNotification([source(key)]))),
    context
  )
  t.same(handled, ['a.mp4', 'slow.mp4'])
  t.same(
    response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    ['message-1', 'message-2', 'message-3'],
    'the aborted message, and those that were not begun'
  )
})

t.test('logs a JSON line for each message, without URLs', async (t) => {
  const { handle, lines } = start()
  await handle(
    buildQueueEvent([
      buildNotification([source('a.mp4')]),
      buildNotification([source('retry.mp4')]),
      buildNotification([source('bug.mp4')])
    ]),
    buildContext()
  )
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(
    entries.find(({ msg }) => msg === 'made'),
    { level: 'info', time: Number, messageId: 'message-0', key: 'a.mp4', thumbnails: { poster: fakeThumbnail.key } }
  )
  t.match(
    entries.find(({ messageId }) => messageId === 'message-1'),
    { level: 'warn', error: { code: 'store_unavailable' } }
  )
  t.match(
    entries.find(({ messageId }) => messageId === 'message-2'),
    { level: 'error', error: { message: 'a bug', stack: /TypeError/ } }
  )
  t.notMatch(lines.join(''), /X-Amz|https:/)
})
