import fc from 'fast-check'
import t from 'tap'
import { isPosterframeError } from '../../src/errors.ts'
import { readEvents, splitDeliveries } from '../../src/events/read-events.ts'
import {
  buildBridgeEvent,
  buildNotification,
  buildQueueEvent,
  buildTopicEvent,
  buildTopicMessage,
  encodeFormKey,
  TEST_EVENT
} from '../support/source-events.ts'

const source = { bucket: 'videos', key: 'a+b %2B, ü.mp4' }
const other = { bucket: 'videos', key: 'other.mp4' }

t.test('the fixture encodes keys as S3 does', async (t) => {
  t.equal(encodeFormKey(source.key), 'a%2Bb+%252B%2C+%C3%BC.mp4')
})

t.test('reads the key from a message of every service', async (t) => {
  const notification = buildNotification([source, other])
  const bridge = buildBridgeEvent(source)
  const messages: Record<string, unknown> = {
    'a notification': notification,
    'through SNS': buildTopicEvent(notification),
    'as a body of SQS': JSON.stringify(notification),
    'through SNS, as a body of SQS': JSON.stringify(buildTopicMessage(notification)),
    'through EventBridge': bridge,
    'through EventBridge, as a body of SQS': JSON.stringify(bridge),
    'through EventBridge and SNS, as a body of SQS': JSON.stringify(buildTopicMessage(bridge))
  }
  for (const [name, message] of Object.entries(messages)) {
    const events = readEvents(message)
    t.match(
      events[0],
      { kind: 'created', ...source, etag: /^[0-9a-f]{32}$/, bytes: Number, versionId: String, sequencer: String },
      name
    )
    if (!name.includes('EventBridge')) {
      t.match(events, [{ key: source.key }, { key: other.key }], `${name}: every record`)
    }
  }
})

t.test('decodes the keys of notifications, and not those of EventBridge', async (t) => {
  const [record] = buildNotification([source]).Records
  record!.s3.object.key = 'a+b%20c%2Bd%25.mp4'
  t.equal(readEvents({ Records: [record] })[0]?.key, 'a b c+d%.mp4')
  t.equal(readEvents(buildBridgeEvent({ ...source, key: 'a+b%20c.mp4' }))[0]?.key, 'a+b%20c.mp4')
  record!.s3.object.key = 'a%zz.mp4'
  t.throws(() => readEvents({ Records: [record] }), { code: 'invalid_request' })
})

t.test('reads creations and deletions, and ignores events that change no bytes', async (t) => {
  const kinds = (names: readonly string[]) =>
    names.map((name) => readEvents(buildNotification([source], name))[0]?.kind)
  t.same(
    new Set(
      kinds([
        'ObjectCreated:Put',
        'ObjectCreated:Post',
        'ObjectCreated:Copy',
        'ObjectCreated:CompleteMultipartUpload',
        's3:ObjectCreated:Put',
        'ObjectRestore:Completed'
      ])
    ),
    new Set(['created'])
  )
  t.same(
    new Set(
      kinds([
        'ObjectRemoved:Delete',
        'ObjectRemoved:DeleteMarkerCreated',
        'LifecycleExpiration:Delete',
        'LifecycleExpiration:DeleteMarkerCreated'
      ])
    ),
    new Set(['deleted'])
  )
  t.same(
    new Set(
      kinds([
        'ObjectTagging:Put',
        'ObjectAcl:Put',
        'ObjectRestore:Post',
        'ReducedRedundancyLostObject',
        'LifecycleTransition'
      ])
    ),
    new Set([undefined])
  )
  t.equal(readEvents(buildBridgeEvent(source, 'Object Deleted'))[0]?.kind, 'deleted')
  t.equal(readEvents(buildBridgeEvent(source, 'Object Restore Completed'))[0]?.kind, 'created')
  t.same(readEvents(buildBridgeEvent(source, 'Object Tags Added')), [])
  for (const message of [TEST_EVENT, JSON.stringify(TEST_EVENT), buildTopicEvent(TEST_EVENT)]) {
    t.same(readEvents(message), [], 'a test event')
  }
})

t.test('acknowledges messages of SQS one by one, and other events as a whole', async (t) => {
  const notification = buildNotification([source])
  t.same(splitDeliveries(buildQueueEvent([notification, 'no event'])), [
    { id: 'message-0', message: JSON.stringify(notification) },
    { id: 'message-1', message: 'no event' }
  ])
  for (const event of [notification, buildTopicEvent(notification), buildBridgeEvent(source), {}, null]) {
    t.same(splitDeliveries(event), [{ id: undefined, message: event }])
  }
})

t.test('rejects every message that is not an event', async (t) => {
  const nested = (depth: number): unknown =>
    depth === 0 ? buildNotification([source]) : buildTopicMessage(nested(depth - 1))
  for (const message of [
    '',
    'no JSON',
    '[]',
    'null',
    {},
    { Records: [] },
    { Records: [1] },
    { Records: [{ eventSource: 'aws:kinesis' }] },
    { source: 'aws.s3', 'detail-type': 'Object Created' },
    nested(9)
  ]) {
    t.throws(() => readEvents(message), { code: 'invalid_request' }, JSON.stringify(message).slice(0, 80))
  }
  fc.assert(
    fc.property(fc.anything(), (message) => {
      try {
        return Array.isArray(readEvents(message))
      } catch (error) {
        return isPosterframeError(error, 'invalid_request')
      }
    })
  )
  const mutate = (value: unknown, at: number, by: unknown): unknown => {
    let place = 0
    return JSON.parse(JSON.stringify(value, (_, member: unknown) => (place++ === at ? by : member)) ?? 'null')
  }
  fc.assert(
    fc.property(fc.nat(30), fc.jsonValue(), (at, by) => {
      try {
        return Array.isArray(readEvents(mutate(buildNotification([source]), at, by)))
      } catch (error) {
        return isPosterframeError(error, 'invalid_request')
      }
    })
  )
})

t.test('rejects an event whose name is not a text', async (t) => {
  const [record] = buildNotification([source]).Records
  const bridge = { source: 'aws.s3', detail: { bucket: { name: 'videos' }, object: { key: 'a.mp4' } } }
  for (const name of [{ toString: 1 }, {}, [], null, 5]) {
    for (const message of [{ Records: [{ ...record, eventName: name }] }, { ...bridge, 'detail-type': name }]) {
      t.throws(() => readEvents(message), { code: 'invalid_request', detail: /is not a text/ })
    }
  }
  const delivery = { Records: [{ eventSource: 'aws:sqs', messageId: { toString: 1 }, body: '{}' }] }
  t.strictSame(splitDeliveries(delivery), [{ id: '', message: '{}' }])
})
