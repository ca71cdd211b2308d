import { lazyImport } from '../runtime/lazy-import.ts'
import type { AwsCredentials } from '../store/s3/s3-store.ts'
import type { Completion, PublishCompletion } from '../thumbnails/use-cases/handle-source-change.ts'

/** The AWS service that receives completion events. */
export type CompletionTarget =
  | { readonly kind: 'event-bus', readonly arn: string, readonly region: string }
  | { readonly kind: 'topic', readonly arn: string, readonly region: string }
  | { readonly kind: 'queue', readonly url: string }

type TargetOf<Kind extends CompletionTarget['kind']> = Extract<CompletionTarget, { readonly kind: Kind }>

/** `Source` of the events on a bus. */
const SOURCE = 'posterframe'
const MAX_ATTEMPTS = 3

/**
 * Parses the ARN of an EventBridge bus or of an SNS topic, or the URL of an SQS queue. Returns undefined for any other
 * text.
 */
export function parseCompletionTarget (text: string): CompletionTarget | undefined {
  const [, service, region = '', resource = ''] = /^arn:[a-z-]+:(events|sns):([a-z0-9-]+):\d{12}:(.+)$/.exec(text) ?? []
  if (service === 'events' && /^event-bus\/[\w./-]+$/.test(resource)) return { kind: 'event-bus', arn: text, region }
  if (service === 'sns' && /^[\w-]{1,256}$/.test(resource)) return { kind: 'topic', arn: text, region }
  const url = URL.parse(text)
  return url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    /^\/\d{12}\/[\w-]{1,80}$/.test(url.pathname) &&
    url.search === ''
    ? { kind: 'queue', url: text }
    : undefined
}

/** Creates the function that sends completions to a target. It imports the AWS client with the first completion. */
export function createPublishCompletion (
  target: CompletionTarget,
  credentials: AwsCredentials | undefined
): PublishCompletion {
  const options = { maxAttempts: MAX_ATTEMPTS, ...(credentials === undefined ? {} : { credentials }) }
  const openPublisher = lazyImport(() => importPublisher(target, options))
  return async (completion, signal) => {
    const publish = await openPublisher()
    await publish(completion, signal)
  }
}

interface ClientOptions {
  readonly maxAttempts: number
  readonly credentials?: AwsCredentials
}

function importPublisher (target: CompletionTarget, options: ClientOptions): Promise<PublishCompletion> {
  switch (target.kind) {
    case 'event-bus':
      return importBusPublisher(target, options)
    case 'topic':
      return importTopicPublisher(target, options)
    case 'queue':
      return importQueuePublisher(target, options)
  }
}

async function importBusPublisher (
  { arn, region }: TargetOf<'event-bus'>,
  options: ClientOptions
): Promise<PublishCompletion> {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge')
  const client = new EventBridgeClient({ region, ...options })
  return async (completion, abortSignal) => {
    const entry = {
      EventBusName: arn,
      Source: SOURCE,
      DetailType: completionType(completion),
      Detail: JSON.stringify(completion)
    }
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal })
    // The response is 200 even if the bus rejects entries.
    for (const { ErrorCode } of Entries) {
      if (ErrorCode !== undefined) throw new Error(`EventBridge rejected the completion event: ${ErrorCode}`)
    }
  }
}

async function importTopicPublisher (
  { arn, region }: TargetOf<'topic'>,
  options: ClientOptions
): Promise<PublishCompletion> {
  const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns')
  const client = new SNSClient({ region, ...options })
  return async (completion, abortSignal) => {
    const { body: Message, attributes: MessageAttributes } = buildMessage(completion)
    await client.send(new PublishCommand({ TopicArn: arn, Message, MessageAttributes }), { abortSignal })
  }
}

async function importQueuePublisher ({ url }: TargetOf<'queue'>, options: ClientOptions): Promise<PublishCompletion> {
  const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs')
  const client = new SQSClient(options)
  return async (completion, abortSignal) => {
    const { body: MessageBody, attributes: MessageAttributes } = buildMessage(completion)
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageAttributes }), { abortSignal })
  }
}

/** Builds a message of SNS or SQS; filters of a subscription can match its attribute `outcome`. */
function buildMessage (completion: Completion) {
  return {
    body: JSON.stringify(completion),
    attributes: { outcome: { DataType: 'String', StringValue: completionType(completion) } }
  }
}

/** Returns the `DetailType` of an event on a bus, by which rules match it. */
function completionType (completion: Completion): string {
  return 'problem' in completion ? 'Posterframe Thumbnail Failed' : 'Posterframe Thumbnail Created'
}
