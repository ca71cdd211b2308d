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

/** What waits, and what was given up. */
export interface EventsQueue {
  readonly queue: Queue
  readonly deadLetters: Queue
}

/**
 * S3 tells the queue, the queue feeds the function; what fails five times lies in the dead letter queue until
 * somebody looks.
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
 * A bucket that is made here says in its own properties whom it tells, which needs no function to set it. The queue
 * has to let it before it is there, and so cannot name it: any bucket of this account may.
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
 * One that is there already keeps what it tells others: a function of the CDK adds to its notifications, and takes
 * that away again.
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
  if (handler === undefined) throw new Error('The CDK sets notifications in another way now.')
  acknowledge(handler, {
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
      'The function of the CDK runs while the stack is deployed and at no other time, and writes its log by the ' +
        'policy that AWS keeps for that.'
  })
}
