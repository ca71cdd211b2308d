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

    const outputs: Readonly<Record<string, string>> = {
      Url: httpApi.apiEndpoint,
      SourceBucket: buckets.source.bucketName,
      OutputBucket: buckets.output.bucketName,
      QueueUrl: events.queue.queueUrl,
      DeadLettersUrl: events.deadLetters.queueUrl,
      BackfillArn: backfill.stateMachineArn,
      BatchFunctionArn: functions.batch.functionArn,
      BatchOperationsRoleArn: batchOperationsRole.roleArn
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }
}
