import { once, EventEmitter } from 'node:events'
import t, { type Test } from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import type { MessageQueue, QueueMessage } from '../../src/events/message-queue.ts'
import { startQueueWorker } from '../../src/events/queue-worker.ts'
import type { HandleMessage } from '../../src/events/handle-message.ts'

/** A queue that records calls. It delivers `messages`, and then waits. */
class RecordingQueue extends EventEmitter implements MessageQueue {
  readonly calls: string[] = []
  failures = 0
  readonly messages: QueueMessage[]

  constructor (bodies: readonly string[], receiveCount = 1) {
    super()
    this.messages = bodies.map((body) => ({ id: body, body, receipt: body, receiveCount }))
  }

  async receive (max: number, signal: AbortSignal): Promise<readonly QueueMessage[]> {
    if (this.failures-- > 0) throw new Error('unavailable')
    if (this.messages.length > 0) return this.messages.splice(0, max)
    this.emit('empty')
    await new Promise((_resolve, reject) => {
      signal.addEventListener(
        'abort',
        () => {
          reject(signal.reason as Error)
        },
        { once: true }
      )
    })
    return []
  }

  async remove ({ id }: QueueMessage): Promise<void> {
    this.#record(`remove ${id}`)
  }

  async hide ({ id }: QueueMessage, seconds: number): Promise<void> {
    this.#record(`hide ${id} ${seconds}`)
  }

  close (): void {
    this.#record('close')
  }

  #record (call: string): void {
    this.calls.push(call)
    this.emit('call', call)
  }

  async until (count: number): Promise<void> {
    while (this.calls.length < count) await once(this, 'call')
  }
}

function start (
  _t: Test,
  queue: RecordingQueue,
  handleMessage: HandleMessage,
  changes: { concurrency?: number, visibilitySeconds?: number, timeoutMs?: number } = {}
) {
  const lines: string[] = []
  const counted: string[] = []
  const worker = startQueueWorker({
    queue,
    handleMessage,
    concurrency: 2,
    timeoutMs: 60_000,
    visibilitySeconds: 60,
    log: (level, message) => {
      lines.push(`${level}: ${message}`)
    },
    recorder: {
      countMessage: (outcome) => {
        counted.push(outcome)
      }
    },
    ...changes
  })
  return { worker, lines, counted }
}

t.test('removes handled messages, and returns failed ones with a growing delay', async (t) => {
  for (const [receiveCount, seconds] of [
    [1, 10],
    [2, 20],
    [5, 160],
    [20, 900]
  ] as const) {
    const queue = new RecordingQueue(['good', 'bad'], receiveCount)
    const { worker, counted } = start(t, queue, async (body) => {
      if (body === 'bad') throw new PosterframeError('store_unavailable')
      return []
    })
    await queue.until(2)
    t.same([...queue.calls].sort(), [`hide bad ${seconds}`, 'remove good'])
    await worker.drain(0)
    t.same([...counted].sort(), ['done', 'returned'])
  }
})

t.test('receives no more messages than it can handle at once', async (t) => {
  let [running, max] = [0, 0]
  const queue = new RecordingQueue(Array.from({ length: 25 }, (_, at) => String(at)))
  const { worker } = start(
    t,
    queue,
    async () => {
      max = Math.max(max, ++running)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      running--
      return []
    },
    { concurrency: 3 }
  )
  await queue.until(25)
  t.equal(max, 3)
  await worker.drain(0)
})

t.test('extends the visibility timeout while it handles a message', async (t) => {
  const queue = new RecordingQueue(['long'])
  const done = Promise.withResolvers<void>()
  const { worker } = start(
    t,
    queue,
    async () => {
      await done.promise
      return []
    },
    { visibilitySeconds: 0.03 }
  )
  await queue.until(3)
  t.same(queue.calls.slice(0, 3), Array(3).fill('hide long 0.03'))
  done.resolve()
  await worker.drain(60_000)
  t.equal(queue.calls.at(-2), 'remove long')
})

t.test('draining waits for messages at work, receives no more, and returns those that take too long', async (t) => {
  const queue = new RecordingQueue(['quick', 'long'])
  const quick = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { worker } = start(t, queue, async (body, { signal }) => {
    if (body === 'quick') {
      await quick.promise
      return []
    }
    begun.resolve()
    return await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error)
      })
    })
  })
  await begun.promise
  const drained = worker.drain(50)
  queue.messages.push({ id: 'late', body: 'late', receipt: 'late', receiveCount: 1 })
  quick.resolve()
  await drained
  t.same(queue.calls, ['remove quick', 'hide long 0', 'close'])
})

t.test('returns a message that exceeds the time limit', async (t) => {
  const queue = new RecordingQueue(['long'])
  const { worker } = start(
    t,
    queue,
    async (_body, { signal }) =>
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error)
        })
      }),
    { timeoutMs: 10 }
  )
  await queue.until(1)
  t.same(queue.calls, ['hide long 10'])
  await worker.drain(0)
})

t.test('retries if the queue is unavailable', async (t) => {
  const queue = new RecordingQueue(['a'])
  queue.failures = 1
  const { worker, lines } = start(t, queue, async () => [])
  await queue.until(1)
  t.same(queue.calls, ['remove a'])
  t.match(lines[0], 'error: failed to receive messages')
  await worker.drain(0)
})
