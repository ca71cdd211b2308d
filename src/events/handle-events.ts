import type { Context, SQSBatchResponse } from 'aws-lambda'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'
import { describeOutcome } from './describe-outcome.ts'
import { nameError } from './name-error.ts'
import { splitDeliveries } from './read-events.ts'
import type { Delivery } from './source-event.ts'
import type { HandleMessage } from './handle-message.ts'
import type { WriteLog } from './write-log.ts'

/** What the function needs. */
export interface HandleEventsParts {
  readonly handleMessage: HandleMessage
  /** How many messages are taken at once. */
  readonly concurrency: number
  /** How long one may take, and less where less is left of the invocation. */
  readonly timeoutMs: number
  readonly log: WriteLog
}

/** The time that is left of an invocation, in milliseconds. */
type TimeLeft = () => number

/** Kept back to answer: past its limit Lambda ends the process, and what was done counts as failed. */
const RESERVE_MS = 1000
/** With less than this a message is not begun. */
const MIN_TIME_MS = 5000

/**
 * Builds the `events` function: takes what S3 sends, however it comes. Of the messages of SQS it answers which have
 * to come again (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html); everything else
 * throws, and Lambda tries again.
 */
export function createHandleEvents ({
  handleMessage,
  concurrency,
  timeoutMs,
  log
}: HandleEventsParts): (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>
  ) => Promise<SQSBatchResponse | undefined> {
  return async (event, context) => {
    const deliveries = splitDeliveries(event)
    const failures = new Map<Delivery, unknown>()
    const waiting = deliveries.values()
    const timeLeft = () => context.getRemainingTimeInMillis() - RESERVE_MS
    const work = async () => {
      for (const delivery of waiting) {
        await take(delivery, timeLeft).catch((error: unknown) => {
          failures.set(delivery, error)
        })
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    if (deliveries.some(({ id }) => id !== undefined)) {
      return { batchItemFailures: [...failures.keys()].map(({ id = '' }) => ({ itemIdentifier: id })) }
    }
    for (const error of failures.values()) throw nameError(error)
    return undefined
  }

  async function take ({ id, message }: Delivery, timeLeft: TimeLeft): Promise<void> {
    try {
      if (timeLeft() < MIN_TIME_MS) {
        throw new PosterframeError('timed_out', { detail: 'Too little is left of the invocation to begin.' })
      }
      const deadline = startDeadline(Math.min(timeoutMs, timeLeft()))
      try {
        const taken = await handleMessage(message, {
          signal: deadline.signal,
          note: (text) => {
            log('info', text, { messageId: id })
          }
        })
        for (const one of taken) log('info', one.kind, { messageId: id, ...describeOutcome(one) })
      } finally {
        deadline.clear()
      }
    } catch (error) {
      log(isPosterframeError(error) ? 'warn' : 'error', 'a message has to come again', { messageId: id, error })
      throw error
    }
  }
}
