import { setTimeout as delay } from 'node:timers/promises'
import { startDeadline } from '../limits/deadline.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import { describeOutcome, type HandleMessage } from './handle-message.ts'
import type { MessageQueue, QueueMessage } from './message-queue.ts'
import type { WriteLog } from './write-log.ts'

/** Dependencies and limits of a queue worker. */
export interface QueueWorkerParts {
  readonly queue: MessageQueue
  readonly handleMessage: HandleMessage
  /** Number of messages that are handled at once. */
  readonly concurrency: number
  /** Time limit of one message. */
  readonly timeoutMs: number
  /** Visibility timeout of a received message; extended three times within it while the message is handled. */
  readonly visibilitySeconds: number
  readonly log: WriteLog
  readonly recorder?: Pick<Recorder, 'countMessage'>
}

/** A worker that handles the messages of a queue. */
export interface QueueWorker {
  /** Receives no more messages, and resolves when those at work have settled; after `limitMs` it aborts them. */
  drain(limitMs: number): Promise<void>
}

/** Messages that SQS delivers at once, at most. */
const MAX_RECEIVED = 10
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
const FIRST_RETRY_SECONDS = 10
const MAX_RETRY_SECONDS = 900

/** Aborts a message because the worker closes, which is not the fault of the message. */
class DrainedError extends Error {
  override readonly name = 'DrainedError'
  constructor () {
    super('the worker is closing')
  }
}

/**
 * Starts a worker that removes each message when it was handled, and returns it to the queue when it failed, with a
 * delay that grows with each delivery. If the worker dies, its messages become visible again after their timeout. The
 * redrive policy of the queue sets the most deliveries, and the queue for what exceeds them.
 */
export function startQueueWorker ({
  queue,
  handleMessage,
  concurrency,
  timeoutMs,
  visibilitySeconds,
  log,
  recorder = NO_RECORDER
}: QueueWorkerParts): QueueWorker {
  const stopped = new AbortController()
  const drained = new AbortController()
  const running = new Set<Promise<void>>()
  const looping = loop()

  async function loop (): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopped.signal.aborted) {
      if (running.size >= concurrency) {
        await Promise.race(running)
        continue
      }
      try {
        const max = Math.min(MAX_RECEIVED, concurrency - running.size)
        for (const message of await queue.receive(max, stopped.signal)) start(message)
        pauseMs = FIRST_PAUSE_MS
      } catch (error) {
        if (stopped.signal.aborted) return
        log('error', 'failed to receive messages', { error })
        await delay(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)
      }
    }
  }

  function start (message: QueueMessage): void {
    const task = handle(message).finally(() => running.delete(task))
    running.add(task)
  }

  async function handle (message: QueueMessage): Promise<void> {
    const { id: messageId, receiveCount } = message
    const heartbeat = setInterval(
      () => {
        void hide(message, visibilitySeconds)
      },
      (visibilitySeconds * 1000) / 3
    )
    const deadline = startDeadline(timeoutMs, drained.signal)
    try {
      const outcomes = await handleMessage(message.body, {
        signal: deadline.signal,
        note: (text) => {
          log('info', text, { messageId })
        }
      })
      for (const outcome of outcomes) log('info', outcome.kind, { messageId, ...describeOutcome(outcome) })
      await queue.remove(message)
      recorder.countMessage('done')
    } catch (error) {
      recorder.countMessage('returned')
      const isDrained = drained.signal.aborted
      log(isDrained ? 'info' : 'warn', 'message failed, to be retried', { messageId, receiveCount, error })
      clearInterval(heartbeat)
      await hide(message, isDrained ? 0 : retryDelaySeconds(receiveCount))
    } finally {
      clearInterval(heartbeat)
      deadline.clear()
    }
  }

  async function hide (message: QueueMessage, seconds: number): Promise<void> {
    try {
      await queue.hide(message, seconds)
    } catch (error) {
      // The message becomes visible at its timeout and is handled once more, which does no harm but repeats work.
      log('warn', 'failed to change the visibility timeout', { messageId: message.id, error })
    }
  }

  return {
    async drain (limitMs) {
      stopped.abort()
      const timer = setTimeout(() => {
        drained.abort(new DrainedError())
      }, limitMs)
      await looping
      await Promise.all(running)
      clearTimeout(timer)
      queue.close()
    }
  }
}

/** Returns 10, 20, 40 s … up to 15 minutes, so that an outage of the store does not use up the deliveries. */
function retryDelaySeconds (receiveCount: number): number {
  return Math.min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (receiveCount - 1))
}
