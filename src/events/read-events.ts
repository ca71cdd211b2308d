import { PosterframeError } from '../errors.ts'
import type { SourceChange } from '../thumbnails/use-cases/handle-source-change.ts'

/** An event of S3 about an object that may be a source. */
export interface SourceEvent extends SourceChange {
  readonly versionId?: string
  readonly etag?: string
  readonly bytes?: number
  /**
   * Orders the events of one key: hexadecimal, to be compared right-aligned. Posterframe does not need it, since it
   * acts on what the store holds now.
   */
  readonly sequencer?: string
}

/** A unit of acknowledgement: one message of SQS, or a whole invocation. */
export interface Delivery {
  /** Id of the message of SQS; undefined for an invocation. */
  readonly id: string | undefined
  readonly message: unknown
}

type Json = Readonly<Record<string, unknown>>

/** Notifications in SNS in SQS are three levels deep; AWS delivers nothing deeper. */
const MAX_DEPTH = 4

/** Splits the event of an invocation into the messages of SQS that it holds; any other event is one delivery. */
export function splitDeliveries (event: unknown): Delivery[] {
  const records = isJson(event) ? listRecords(event) : []
  if (!records.some(({ eventSource }) => eventSource === 'aws:sqs')) return [{ id: undefined, message: event }]
  return records.map(({ messageId, body }) => ({ id: typeof messageId === 'string' ? messageId : '', message: body }))
}

/**
 * Reads the events of a message of S3, delivered directly, through SNS, in the body of an SQS message or through
 * EventBridge. Leaves out test events and events that change no bytes.
 *
 * @throws PosterframeError `invalid_request` for any other message
 */
export function readEvents (message: unknown, depth = 0): SourceEvent[] {
  const value = typeof message === 'string' ? parseJson(message) : message
  if (!isJson(value)) throw messageError('it is not a JSON object')
  if (depth > MAX_DEPTH) throw messageError(`it is nested more than ${MAX_DEPTH} levels deep`)
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
  if (value['Event'] === 's3:TestEvent') return []
  if (value['source'] === 'aws.s3') return readBridgeEvent(value)
  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
  if (value['Type'] === 'Notification') return readEvents(value['Message'], depth + 1)
  const records = listRecords(value)
  if (records.length === 0) throw messageError('it has no records')
  return records.flatMap((record) => {
    if (record['eventSource'] === 'aws:s3') return readNotification(record)
    if (record['EventSource'] === 'aws:sns') return readEvents(requireMember(record, 'Sns')['Message'], depth + 1)
    throw messageError('one of its records is from another service than S3 or SNS')
  })
}

/**
 * Decodes a key of a notification, which is encoded as in a form: a plus is a space.
 *
 * @throws PosterframeError `invalid_request`
 */
export function decodeFormKey (key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch (cause) {
    throw new PosterframeError('invalid_request', {
      detail: `The key '${key.slice(0, 100)}' is not URL-encoded, as S3 encodes the keys of events.`,
      cause
    })
  }
}

function readNotification (record: Json): SourceEvent[] {
  const kind = notificationKind(requireText(record, 'eventName'))
  const { bucket, object } = requireMember(record, 's3')
  return kind === undefined
    ? []
    : [buildEvent(kind, bucket, object, { decode: decodeFormKey, etag: 'eTag', versionId: 'versionId' })]
}

/** Reads https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html, whose keys are not encoded. */
function readBridgeEvent (event: Json): SourceEvent[] {
  const kinds: Readonly<Record<string, SourceEvent['kind']>> = {
    'Object Created': 'created',
    'Object Restore Completed': 'created',
    'Object Deleted': 'deleted'
  }
  const kind = kinds[requireText(event, 'detail-type')]
  const { bucket, object } = requireMember(event, 'detail')
  return kind === undefined
    ? []
    : [buildEvent(kind, bucket, object, { decode: (key) => key, etag: 'etag', versionId: 'version-id' })]
}

function requireText (event: Json, member: string): string {
  const value = event[member]
  if (typeof value !== 'string') throw messageError(`its '${member}' is not a text`)
  return value
}

/**
 * Returns the kind of a notification. A delete marker counts as a deletion, and an object that was restored from an
 * archive as created; undefined for events that change no bytes.
 */
function notificationKind (eventName: string): SourceEvent['kind'] | undefined {
  const name = eventName.replace(/^s3:/, '')
  if (/^(ObjectCreated:|ObjectRestore:Completed$)/.test(name)) return 'created'
  return /^(ObjectRemoved|LifecycleExpiration):/.test(name) ? 'deleted' : undefined
}

function buildEvent (
  kind: SourceEvent['kind'],
  bucket: unknown,
  object: unknown,
  members: { readonly decode: (key: string) => string, readonly etag: string, readonly versionId: string }
): SourceEvent {
  const [name, key] = [isJson(bucket) ? bucket['name'] : undefined, isJson(object) ? object['key'] : undefined]
  if (typeof name !== 'string' || typeof key !== 'string' || !isJson(object)) {
    throw messageError('it names no bucket or no key')
  }
  const { [members.etag]: etag, [members.versionId]: versionId, size, sequencer } = object
  return {
    kind,
    bucket: name,
    key: members.decode(key),
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

function requireMember (value: Json, name: string): Json {
  const member = value[name]
  if (!isJson(member)) throw messageError(`it has no object '${name}'`)
  return member
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

function messageError (reason: string): PosterframeError {
  return new PosterframeError('invalid_request', { detail: `The message is not an event of S3: ${reason}.` })
}
