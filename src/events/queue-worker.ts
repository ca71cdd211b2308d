import { setTimeout as delay } from 'node:timers/promises'
import { startDeadline } from '../limits/deadline.ts'
import { NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import { describeOutcome } from './describe-outcome.ts'
import type { MessageQueue, QueueMessage } from './message-queue.ts'
import type { HandleMessage } from './handle-message.ts'
import type { WriteLog } from './write-log.ts'

/** What a worker needs. */
export interface QueueWorkerParts {
  readonly queue: MessageQueue
  readonly handleMessage: HandleMessage
  /** How many messages are at work at once. */
  readonly concurrency: number
  /** How long one message may take. */
  readonly timeoutMs: number
  /**
   * How long a message that was received stays out of others' sight; it is hidden anew three times in that time while
   * it is at work.
   */
  readonly visibilitySeconds: number
  readonly log: WriteLog
  readonly recorder?: Pick<Recorder, 'countMessage'>
}

/** A worker that takes messages. */
export interface QueueWorker {
  /** Takes no more, and resolves when those at work have ended; what takes longer than `limitMs` is given back. */
  drain(limitMs: number): Promise<void>
}

const MAX_RECEIVED = 10
const MAX_PAUSE_MS = 30_000
const MAX_RETRY_SECONDS = 900

/** Why a message is given back that was not at fault. */
class DrainedError extends Error {
  override readonly name = 'DrainedError'
  constructor () {
    super('the worker is closing')
  }
}

/**
 * Starts to take messages: each is removed when it is done, and comes again where it failed, later each time. A
 * worker that dies is no loss: its messages come into sight again. How often one may come, and where it goes then, is
 * the queue's own affair (its redrive policy).
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
    let pauseMs = 500
    while (!stopped.signal.aborted) {
      if (running.size >= concurrency) {
        await Promise.race(running)
        continue
      }
      try {
        for (const message of await queue.receive(Math.min(MAX_RECEIVED, concurrency - running.size), stopped.signal)) {
          begin(message)
        }
        pauseMs = 500
      } catch (error) {
        if (stopped.signal.aborted) return
        log('error', 'the queue gave no messages', { error })
        await delay(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)
      }
    }
  }

  function begin (message: QueueMessage): void {
    const task = take(message).finally(() => running.delete(task))
    running.add(task)
  }

  async function take (message: QueueMessage): Promise<void> {
    const heartbeat = setInterval(
      () => {
        void hide(message, visibilitySeconds)
      },
      (visibilitySeconds * 1000) / 3
    )
    const deadline = startDeadline(timeoutMs, drained.signal)
    try {
      const taken = await handleMessage(message.body, {
        signal: deadline.signal,
        note: (text) => {
          log('info', text, { messageId: message.id })
        }
      })
      for (const one of taken) log('info', one.kind, { messageId: message.id, ...describeOutcome(one) })
      await queue.remove(message)
      recorder.countMessage('done')
    } catch (error) {
      recorder.countMessage('returned')
      const isDrained = drained.signal.aborted
      log(isDrained ? 'info' : 'warn', 'a message has to come again', {
        messageId: message.id,
        receiveCount: message.receiveCount,
        error
      })
      clearInterval(heartbeat)
      await hide(message, isDrained ? 0 : retryDelaySeconds(message.receiveCount))
    } finally {
      clearInterval(heartbeat)
      deadline.clear()
    }
  }

  async function hide (message: QueueMessage, seconds: number): Promise<void> {
    try {
      await queue.hide(message, seconds)
    } catch (error) {
      // It comes into sight when its time is over, and is taken once more: no harm, but work.
      log('warn', 'a message could not be hidden', { messageId: message.id, error })
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

/** 10 s, 20 s, 40 s ... up to 15 minutes: a store that is away for a while is not to eat up a message's tries. */
function retryDelaySeconds (receiveCount: number): number {
  return Math.min(MAX_RETRY_SECONDS, 10 * 2 ** (receiveCount - 1))
}
