import { isPosterframeError } from '../../src/errors.ts'
import { readEvents, splitDeliveries } from '../../src/events/read-events.ts'
import {
  buildBridgeEvent,
  buildNotification,
  buildQueueEvent,
  buildTopicEvent,
  buildTopicMessage
} from '../support/source-events.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { type FuzzTarget, pick, Violation } from './target.ts'

const SOURCE = { bucket: 'videos', key: 'a+b %2B, ü.mp4' }
const NOTIFICATION = buildNotification([SOURCE, { bucket: 'videos', key: '100%.mp4' }])
const MESSAGES = [
  NOTIFICATION,
  buildBridgeEvent(SOURCE),
  buildTopicEvent(NOTIFICATION),
  buildTopicMessage(buildTopicMessage(NOTIFICATION)),
  buildQueueEvent([NOTIFICATION, buildTopicMessage(NOTIFICATION)])
]

/** Creates a target for messages of queues and other services: they are valid events, or they are rejected. */
export async function createEventsTarget (): Promise<FuzzTarget> {
  return {
    make: (random) => mutateBytes(Buffer.from(JSON.stringify(pick(random, MESSAGES))), random),
    async check (input) {
      const text = input.toString()
      checkEvents(text)
      for (const { id, message } of splitDeliveries(parse(text))) {
        if (id !== undefined && typeof id !== 'string') throw new Violation('the id of a delivery is not a string')
        checkEvents(message)
      }
    },
    async close () {}
  }
}

function checkEvents (message: unknown): void {
  try {
    for (const { kind, bucket, key } of readEvents(message)) {
      if (!['created', 'deleted'].includes(kind) || typeof bucket !== 'string' || typeof key !== 'string') {
        throw new Violation('an event has no kind, bucket or key')
      }
    }
  } catch (error) {
    if (!isPosterframeError(error, 'invalid_request')) throw error
  }
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
