import type { PublishCompletion, Completion } from '../thumbnails/use-cases/handle-source-change.ts'
import type { AwsCredentials } from '../store/s3/s3-client.ts'

/** Who is told what became of the thumbnails of an event. */
export type CompletionTarget =
  | { readonly kind: 'event-bus', readonly arn: string, readonly region: string }
  | { readonly kind: 'topic', readonly arn: string, readonly region: string }
  | { readonly kind: 'queue', readonly url: string }

/** Source of the events on a bus. */
const SOURCE = 'posterframe'
const TRIES = 3

/**
 * The target of a text: the ARN of an EventBridge bus or of an SNS topic, or the URL of an SQS queue; undefined for
 * what is none.
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

/** Sends completions to a target. The client is loaded with the first of them, since few have a target. */
export function createPublishCompletion (
  target: CompletionTarget,
  credentials: AwsCredentials | undefined
): PublishCompletion {
  const options = { maxAttempts: TRIES, ...(credentials === undefined ? {} : { credentials }) }
  if (target.kind === 'event-bus') return announceOnBus(target, options)
  return target.kind === 'topic' ? announceOnTopic(target, options) : announceInQueue(target, options)
}

interface ClientOptions {
  readonly maxAttempts: number
  readonly credentials?: AwsCredentials
}

function announceOnBus (
  { arn, region }: { readonly arn: string, readonly region: string },
  options: ClientOptions
): PublishCompletion {
  const load = loadOnce(async () => {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge')
    return { client: new EventBridgeClient({ region, ...options }), PutEventsCommand }
  })
  return async (completion, signal) => {
    const { client, PutEventsCommand } = await load()
    const entry = {
      EventBusName: arn,
      Source: SOURCE,
      DetailType: nameOutcome(completion),
      Detail: JSON.stringify(completion)
    }
    const { Entries: [answer] = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }), {
      abortSignal: signal
    })
    // It answers 200 whatever became of the entries.
    if (answer?.ErrorCode !== undefined) throw new Error(`EventBridge did not take the completion: ${answer.ErrorCode}`)
  }
}

function announceOnTopic (
  { arn, region }: { readonly arn: string, readonly region: string },
  options: ClientOptions
): PublishCompletion {
  const load = loadOnce(async () => {
    const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns')
    return { client: new SNSClient({ region, ...options }), PublishCommand }
  })
  return async (completion, signal) => {
    const { client, PublishCommand } = await load()
    await client.send(
      new PublishCommand({
        TopicArn: arn,
        Message: JSON.stringify(completion),
        MessageAttributes: attribute(completion)
      }),
      { abortSignal: signal }
    )
  }
}

function announceInQueue ({ url }: { readonly url: string }, options: ClientOptions): PublishCompletion {
  const load = loadOnce(async () => {
    const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs')
    return { client: new SQSClient(options), SendMessageCommand }
  })
  return async (completion, signal) => {
    const { client, SendMessageCommand } = await load()
    await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify(completion),
        MessageAttributes: attribute(completion)
      }),
      { abortSignal: signal }
    )
  }
}

/** What a rule of EventBridge, or a filter of SNS, tells them apart by. */
function nameOutcome (completion: Completion): string {
  return 'problem' in completion ? 'Posterframe Thumbnail Failed' : 'Posterframe Thumbnail Created'
}

function attribute (completion: Completion) {
  return { outcome: { DataType: 'String', StringValue: nameOutcome(completion) } }
}

function loadOnce<T> (load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => (loaded ??= load())
}
