import { Aws, Duration } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { CfnBucket } from 'aws-cdk-lib/aws-s3'
import { EventType } from 'aws-cdk-lib/aws-s3'
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Buckets } from './buckets.ts'
import type { Settings } from './settings.ts'
import { QUEUE } from './sizes.ts'

/** The queue of events and its dead-letter queue. */
export interface EventsQueue {
  readonly queue: Queue
  readonly deadLetters: Queue
}

/**
 * Creates the queue between S3 and the function `events`. A message that fails five times goes to the dead-letter
 * queue, where it waits for an operator.
 */
export function createEventsQueue (
  scope: Construct,
  settings: Settings,
  buckets: Buckets,
  events: Function
): EventsQueue {
  const closed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true }
  const deadLetters = new Queue(scope, 'DeadLetters', {
    ...closed,
    retentionPeriod: Duration.days(QUEUE.deadLetterRetentionDays)
  })
  const queue = new Queue(scope, 'EventsQueue', {
    ...closed,
    visibilityTimeout: Duration.seconds(QUEUE.visibilityTimeoutSeconds),
    retentionPeriod: Duration.days(QUEUE.retentionDays),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: QUEUE.maxReceiveCount }
  })
  events.addEventSource(
    new SqsEventSource(queue, {
      batchSize: QUEUE.batchSize,
      maxConcurrency: QUEUE.maxConcurrency,
      reportBatchItemFailures: true
    })
  )
  const kinds = [EventType.OBJECT_CREATED, ...(settings.onSourceDeleted === 'delete' ? [EventType.OBJECT_REMOVED] : [])]
  if (buckets.ownSource === undefined) notifyFromExisting(scope, settings, buckets, queue, kinds)
  else notifyFromOwn(buckets.ownSource.node.defaultChild as CfnBucket, settings, queue, kinds)
  return { queue, deadLetters }
}

/**
 * Configures notifications in the properties of a bucket of this stack, which needs no custom resource. The queue has
 * to admit the bucket before it exists and so cannot name it: it admits every bucket of this account.
 */
function notifyFromOwn (bucket: CfnBucket, { eventPrefix }: Settings, queue: Queue, kinds: readonly EventType[]): void {
  const { policyDependable } = queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } }
    })
  )
  const filter =
    eventPrefix === undefined ? {} : { filter: { s3Key: { rules: [{ name: 'prefix', value: eventPrefix }] } } }
  bucket.notificationConfiguration = {
    queueConfigurations: kinds.map((event) => ({ event, queue: queue.queueArn, ...filter }))
  }
  if (policyDependable !== undefined) bucket.node.addDependency(policyDependable)
}

/**
 * Adds notifications to an existing bucket, whose other notifications stay. A custom resource of the CDK adds them and
 * removes them with the stack.
 */
function notifyFromExisting (
  scope: Construct,
  { eventPrefix }: Settings,
  { source }: Buckets,
  queue: Queue,
  kinds: readonly EventType[]
): void {
  for (const kind of kinds) {
    source.addEventNotification(
      kind,
      new SqsDestination(queue),
      ...(eventPrefix === undefined ? [] : [{ prefix: eventPrefix }])
    )
  }
  const handler = scope.node.children.find(({ node: { id } }) => id.startsWith('BucketNotificationsHandler'))
  if (handler === undefined) throw new Error('The CDK no longer creates a BucketNotificationsHandler.')
  acknowledge(handler, {
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
      'The function of the CDK runs only during deployments, and writes its log with the policy that AWS provides ' +
        'for this.'
  })
}
