import { PosterframeError } from '../errors.ts'
import type { Delivery, SourceEvent } from './source-event.ts'

type Json = Readonly<Record<string, unknown>>

/** Notifications in SNS in SQS are three deep; nothing that AWS delivers is deeper. */
const MAX_DEPTH = 4

/**
 * Splits what a function was invoked with into what is acknowledged one by one: the messages of SQS; all else is one.
 */
export function splitDeliveries (event: unknown): Delivery[] {
  const records = isJson(event) ? listRecords(event) : []
  if (!records.some(({ eventSource }) => eventSource === 'aws:sqs')) return [{ id: undefined, message: event }]
  return records.map(({ messageId, body }) => ({ id: String(messageId), message: body }))
}

/**
 * Reads what S3 says, however it came: as a notification of its own, through SNS, as a body of SQS, or through
 * EventBridge. Tests of a notification and events that change no bytes are none.
 *
 * @throws PosterframeError `invalid_request` for what is nothing of this
 */
export function readEvents (message: unknown, depth = 0): SourceEvent[] {
  const value = typeof message === 'string' ? parseJson(message) : message
  if (!isJson(value) || depth > MAX_DEPTH) throw refuse('is no JSON object')
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
  if (value['Event'] === 's3:TestEvent') return []
  if (value['source'] === 'aws.s3') return readBridgeEvent(value)
  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
  if (value['Type'] === 'Notification') return readEvents(value['Message'], depth + 1)
  const records = listRecords(value)
  if (records.length === 0) throw refuse('is no event of S3')
  return records.flatMap((record) => {
    if (record['eventSource'] === 'aws:s3') return readNotification(record)
    if (record['EventSource'] === 'aws:sns') return readEvents(member(record, 'Sns')['Message'], depth + 1)
    throw refuse('has a record that is no event of S3')
  })
}

/** Keys of notifications are encoded as a form is: a plus stands for a space. */
export function decodeFormKey (key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch (cause) {
    throw new PosterframeError('invalid_request', { detail: 'The key of the event is not encoded as S3 does.', cause })
  }
}

function readNotification (record: Json): SourceEvent[] {
  const kind = findKind(String(record['eventName']))
  const { bucket, object } = member(record, 's3')
  return kind === undefined
    ? []
    : [describe(kind, bucket, object, { decode: decodeFormKey, etag: 'eTag', versionId: 'versionId' })]
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: keys stand there as they are.
function readBridgeEvent (event: Json): SourceEvent[] {
  const kinds: Readonly<Record<string, SourceEvent['kind']>> = {
    'Object Created': 'created',
    'Object Restore Completed': 'created',
    'Object Deleted': 'deleted'
  }
  const kind = kinds[String(event['detail-type'])]
  const { bucket, object } = member(event, 'detail')
  return kind === undefined
    ? []
    : [describe(kind, bucket, object, { decode: (key) => key, etag: 'etag', versionId: 'version-id' })]
}

/**
 * A delete marker takes the object out of sight as much as a deletion does; an object that is back from an archive is
 * as good as new.
 */
function findKind (eventName: string): SourceEvent['kind'] | undefined {
  const name = eventName.replace(/^s3:/, '')
  if (/^(ObjectCreated:|ObjectRestore:Completed$)/.test(name)) return 'created'
  return /^(ObjectRemoved|LifecycleExpiration):/.test(name) ? 'deleted' : undefined
}

function describe (
  kind: SourceEvent['kind'],
  bucket: unknown,
  object: unknown,
  names: { readonly decode: (key: string) => string, readonly etag: string, readonly versionId: string }
): SourceEvent {
  const [name, key] = [isJson(bucket) ? bucket['name'] : undefined, isJson(object) ? object['key'] : undefined]
  if (typeof name !== 'string' || typeof key !== 'string' || !isJson(object)) throw refuse('names no bucket or no key')
  const { [names.etag]: etag, [names.versionId]: versionId, size, sequencer } = object
  return {
    kind,
    bucket: name,
    key: names.decode(key),
    ...(typeof versionId === 'string' && { versionId }),
    ...(typeof etag === 'string' && { etag: etag.replace(/^"(.*)"$/, '$1') }),
    ...(typeof size === 'number' && { bytes: size }),
    ...(typeof sequencer === 'string' && { sequencer })
  }
}

function listRecords (value: Json): Json[] {
  const records = value['Records']
  return Array.isArray(records) ? records.filter(isJson) : []
}

function member (value: Json, name: string): Json {
  const found = value[name]
  if (!isJson(found)) throw refuse(`has no ${name}`)
  return found
}

function isJson (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuse (problem: string): PosterframeError {
  return new PosterframeError('invalid_request', { detail: `The message ${problem}.` })
}
