import type { Context, SQSBatchResponse } from 'aws-lambda'
import { isPosterframeError, PosterframeError } from '../errors.ts'
import { startDeadline } from '../limits/deadline.ts'
import { describeOutcome, type HandleMessage } from './handle-message.ts'
import { type Delivery, splitDeliveries } from './read-events.ts'
import type { WriteLog } from './write-log.ts'

/** Dependencies of {@link createHandleEvents}. */
export interface HandleEventsParts {
  readonly handleMessage: HandleMessage
  /** Number of messages that are handled at once. */
  readonly concurrency: number
  /** Time limit of one message; less if less time of the invocation is left. */
  readonly timeoutMs: number
  readonly log: WriteLog
}

/** Returns the time that is left of an invocation, in milliseconds. */
type TimeLeft = () => number

/** Time that is reserved for the response: Lambda ends the process at its limit, and everything counts as failed. */
const RESERVE_MS = 1000
/** Time that must be left to begin a message. */
const MIN_TIME_MS = 5000

/**
 * Creates the `events` function, which handles events of S3 from any AWS service. For messages of SQS it returns those
 * that must be delivered again (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html); for
 * other invocations it throws, and Lambda retries them.
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
        await handleDelivery(delivery, timeLeft).catch((error: unknown) => {
          failures.set(delivery, error)
        })
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    if (deliveries.some(({ id }) => id !== undefined)) {
      return { batchItemFailures: [...failures.keys()].map(({ id = '' }) => ({ itemIdentifier: id })) }
    }
    for (const error of failures.values()) throw nameErrorByCode(error)
    return undefined
  }

  async function handleDelivery ({ id, message }: Delivery, timeLeft: TimeLeft): Promise<void> {
    try {
      if (timeLeft() < MIN_TIME_MS) {
        throw new PosterframeError('timed_out', {
          detail: `Less than ${MIN_TIME_MS / 1000} s of the invocation is left, too little to begin the message.`
        })
      }
      const deadline = startDeadline(Math.min(timeoutMs, timeLeft()))
      try {
        const outcomes = await handleMessage(message, {
          signal: deadline.signal,
          note: (text) => {
            log('info', text, { messageId: id })
          }
        })
        for (const outcome of outcomes) log('info', outcome.kind, { messageId: id, ...describeOutcome(outcome) })
      } finally {
        deadline.clear()
      }
    } catch (error) {
      log(isPosterframeError(error) ? 'warn' : 'error', 'message failed, to be retried', { messageId: id, error })
      throw error
    }
  }
}

/**
 * Returns an error whose `name` is the code of `error`, by which Lambda and Step Functions (`ErrorEquals`) tell errors
 * apart. The name of a bug is `internal_error`; its message is in the log only.
 */
export function nameErrorByCode (error: unknown): Error {
  const { code, message } = isPosterframeError(error) ? error : new PosterframeError('internal_error')
  return Object.assign(new Error(message, { cause: error }), { name: code })
}
