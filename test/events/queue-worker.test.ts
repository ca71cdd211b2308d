import { once, EventEmitter } from 'node:events'
import t, { type Test } from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import type { MessageQueue, QueueMessage } from '../../src/events/message-queue.ts'
import { startQueueWorker } from '../../src/events/queue-worker.ts'
import type { HandleMessage } from '../../src/events/handle-message.ts'

/** A queue that notes what it is told; `gives` is handed out first, and then it waits. */
class NotingQueue extends EventEmitter implements MessageQueue {
  readonly told: string[] = []
  failures = 0
  readonly gives: QueueMessage[]

  constructor (bodies: readonly string[], receiveCount = 1) {
    super()
    this.gives = bodies.map((body) => ({ id: body, body, receipt: body, receiveCount }))
  }

  async receive (most: number, signal: AbortSignal): Promise<readonly QueueMessage[]> {
    if (this.failures-- > 0) throw new Error('away')
    if (this.gives.length > 0) return this.gives.splice(0, most)
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
    this.#tell(`remove ${id}`)
  }

  async hide ({ id }: QueueMessage, seconds: number): Promise<void> {
    this.#tell(`hide ${id} ${seconds}`)
  }

  close (): void {
    this.#tell('close')
  }

  #tell (what: string): void {
    this.told.push(what)
    this.emit('told', what)
  }

  async until (count: number): Promise<void> {
    while (this.told.length < count) await once(this, 'told')
  }
}

function start (
  _t: Test,
  queue: NotingQueue,
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

t.test('what is done is removed, and what failed comes again, later each time', async (t) => {
  for (const [receiveCount, seconds] of [
    [1, 10],
    [2, 20],
    [5, 160],
    [20, 900]
  ] as const) {
    const queue = new NotingQueue(['good', 'bad'], receiveCount)
    const { worker, counted } = start(t, queue, async (body) => {
      if (body === 'bad') throw new PosterframeError('store_unavailable')
      return []
    })
    await queue.until(2)
    t.same([...queue.told].sort(), [`hide bad ${seconds}`, 'remove good'])
    await worker.drain(0)
    t.same([...counted].sort(), ['done', 'returned'])
  }
})

t.test('no more are received than can be at work', async (t) => {
  let [running, most] = [0, 0]
  const queue = new NotingQueue(Array.from({ length: 25 }, (_, at) => String(at)))
  const { worker } = start(
    t,
    queue,
    async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      running--
      return []
    },
    { concurrency: 3 }
  )
  await queue.until(25)
  t.equal(most, 3)
  await worker.drain(0)
})

t.test("a message is kept out of others' sight while it is at work", async (t) => {
  const queue = new NotingQueue(['long'])
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
  t.same(queue.told.slice(0, 3), Array(3).fill('hide long 0.03'))
  done.resolve()
  await worker.drain(60_000)
  t.equal(queue.told.at(-2), 'remove long')
})

t.test('draining waits for what is at work, takes no more, and gives back what takes too long', async (t) => {
  const queue = new NotingQueue(['quick', 'long'])
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
  queue.gives.push({ id: 'late', body: 'late', receipt: 'late', receiveCount: 1 })
  quick.resolve()
  await drained
  t.same(queue.told, ['remove quick', 'hide long 0', 'close'])
})

t.test('a message that takes longer than it may comes again', async (t) => {
  const queue = new NotingQueue(['long'])
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
  t.same(queue.told, ['hide long 10'])
  await worker.drain(0)
})

t.test('a queue that is away is asked again', async (t) => {
  const queue = new NotingQueue(['a'])
  queue.failures = 1
  const { worker, lines } = start(t, queue, async () => [])
  await queue.until(1)
  t.same(queue.told, ['remove a'])
  t.match(lines[0], 'error: the queue gave no messages')
  await worker.drain(0)
})
