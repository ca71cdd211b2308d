import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { createAlarms } from './alarms.ts'
import { createBackfill } from './backfill.ts'
import { createBatchOperationsRole } from './batch-operations.ts'
import { createBuckets } from './buckets.ts'
import { createDashboard } from './dashboard.ts'
import { createEventsQueue } from './events-queue.ts'
import { createFunctions } from './functions.ts'
import { createHttpApi } from './http-api.ts'
import type { Settings } from './settings.ts'

/** All AWS resources of Posterframe. */
export class PosterframeStack extends Stack {
  constructor (scope: Construct, id: string, settings: Settings, props: StackProps = {}) {
    super(scope, id, { description: 'Posterframe: thumbnails of videos in S3', ...props })
    const buckets = createBuckets(this, settings)
    const functions = createFunctions(this, settings, buckets)
    const httpApi = createHttpApi(this, settings, functions.api)
    const events = createEventsQueue(this, settings, buckets, functions.events)
    const backfill = createBackfill(this, buckets, functions.batch)
    const batchOperationsRole = createBatchOperationsRole(this, buckets, functions.batch)
    const watched = { functions, events, httpApi, backfill }
    createDashboard(this, watched, createAlarms(this, settings, watched))

    const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
      Url: [httpApi.apiEndpoint, 'base URL of the API'],
      SourceBucket: [buckets.source.bucketName, 'bucket of the videos'],
      OutputBucket: [buckets.output.bucketName, 'bucket of the thumbnails'],
      QueueUrl: [events.queue.queueUrl, 'queue of the events of new videos'],
      DeadLettersUrl: [events.deadLetters.queueUrl, 'queue of the events that failed five times'],
      BackfillArn: [backfill.stateMachineArn, 'state machine of backfills'],
      BatchFunctionArn: [functions.batch.functionArn, 'function for jobs of S3 Batch Operations'],
      BatchOperationsRoleArn: [batchOperationsRole.roleArn, 'role for jobs of S3 Batch Operations']
    }
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description })
    }
  }
}
