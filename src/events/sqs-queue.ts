import { readWholeNumber } from '../input/whole-number.ts'
import type { MessageQueue } from './message-queue.ts'
import type { AwsCredentials } from '../store/s3/s3-client.ts'

/** URL, visibility timeout and credentials of a queue of Amazon SQS. */
export interface SqsQueueOptions {
  readonly url: string
  /** Time that a received message is hidden from other consumers, unless it is hidden longer. */
  readonly visibilitySeconds: number
  readonly credentials: AwsCredentials | undefined
}

/** The longest time that a request to SQS may wait for messages. */
const WAIT_SECONDS = 20

/** Creates a queue of Amazon SQS. Region and endpoint are set by the variables of the AWS SDK. */
export async function createSqsQueue ({ url, visibilitySeconds, credentials }: SqsQueueOptions): Promise<MessageQueue> {
  // Imported here, since few processes have a queue.
  const { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } =
    await import('@aws-sdk/client-sqs')
  const client = new SQSClient(credentials === undefined ? {} : { credentials })
  return {
    async receive (max, signal) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: max,
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
        receiveCount: readWholeNumber(Attributes?.ApproximateReceiveCount) ?? 1
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
