import type { MessageQueue } from './message-queue.ts'
import type { AwsCredentials } from '../store/s3/s3-client.ts'

/** Which queue, and how messages are taken from it. */
export interface SqsQueueOptions {
  readonly url: string
  /** How long a message that was received stays out of others' sight unless it is hidden longer. */
  readonly visibilitySeconds: number
  readonly credentials: AwsCredentials | undefined
}

/** The longest that SQS lets a question wait for messages. */
const WAIT_SECONDS = 20

/** A queue of Amazon SQS; region and endpoint are the SDK's own variables. */
export async function createSqsQueue ({ url, visibilitySeconds, credentials }: SqsQueueOptions): Promise<MessageQueue> {
  // Loaded here, since few processes have a queue.
  const { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } =
    await import('@aws-sdk/client-sqs')
  const client = new SQSClient(credentials === undefined ? {} : { credentials })
  return {
    async receive (most, signal) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: most,
          WaitTimeSeconds: WAIT_SECONDS,
          VisibilityTimeout: visibilitySeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount']
        }),
        { abortSignal: signal }
      )
      return Messages.map(({ MessageId: id = '', Body: body = '', ReceiptHandle: receipt = '', Attributes }) => ({
        id,
        body,
        receipt,
        receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1)
      }))
    },
    async remove ({ receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }))
    },
    async hide ({ receipt }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: seconds })
      )
    },
    close () {
      client.destroy()
    }
  }
}
