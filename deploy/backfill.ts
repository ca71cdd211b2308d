import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import {
  DefinitionBody,
  DistributedMap,
  JitterType,
  JsonPath,
  LogLevel,
  Pass,
  Result,
  ResultWriterV2,
  S3ObjectsItemReader,
  StateMachine,
  StateMachineType,
  TaskInput,
  Timeout
} from 'aws-cdk-lib/aws-stepfunctions'
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks'
import type { Construct } from 'constructs'
import { RETRYABLE_ERRORS, VIDEO_ERRORS } from './backfill-errors.ts'
import { allowExecutions, createBackfillRole, RESULTS_PREFIX } from './backfill-role.ts'
import type { Buckets } from './buckets.ts'
import { BACKFILL, RETENTION, SIZES } from './sizes.ts'

/** Input of an execution by default. */
const DEFAULT_INPUT = { prefix: '', options: {} }

/**
 * Creates the state machine of the backfill. It lists the source bucket below `prefix` and invokes the function `batch`
 * for every key with the `options` of a thumbnail. It writes results below `jobs/backfill/` in the output bucket,
 * grouped by outcome.
 */
export function createBackfill (scope: Construct, buckets: Buckets, batch: Function): StateMachine {
  const { source, output } = buckets
  const role = createBackfillRole(scope, buckets, batch)
  const defaults = new Pass(scope, 'SetDefaults', {
    result: Result.fromObject(DEFAULT_INPUT),
    resultPath: '$.defaults'
  })
  const input = new Pass(scope, 'ReadInput', {
    parameters: { given: JsonPath.objectAt('States.JsonMerge($.defaults, $$.Execution.Input, false)') }
  })
  const map = new DistributedMap(scope, 'EachObject', {
    label: 'Backfill',
    // Costs a twentieth of the standard type, but ends after five minutes, retries included.
    mapExecutionType: StateMachineType.EXPRESS,
    maxConcurrency: BACKFILL.maxConcurrency,
    toleratedFailurePercentage: BACKFILL.toleratedFailurePercentage,
    itemReader: new S3ObjectsItemReader({ bucket: source, prefix: JsonPath.stringAt('$.given.prefix') }),
    itemSelector: {
      options: JsonPath.objectAt('$.given.options'),
      object: { bucket: source.bucketName, key: JsonPath.stringAt('$$.Map.Item.Value.Key') }
    },
    resultWriterV2: new ResultWriterV2({ bucket: output, prefix: RESULTS_PREFIX })
  })
  map.itemProcessor(createTask(scope, batch))
  const log = new LogGroup(scope, 'BackfillLog', { retention: RETENTION.logDays, removalPolicy: RemovalPolicy.DESTROY })
  const machine = new StateMachine(scope, 'Backfill', {
    comment: 'Posterframe: creates a thumbnail of every existing video',
    // The CDK would add permissions for the whole output bucket.
    role: role.withoutPolicyUpdates(),
    definitionBody: DefinitionBody.fromChainable(defaults.next(input).next(map)),
    tracingEnabled: true,
    logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false }
  })
  allowExecutions(role, machine)
  return machine
}

/**
 * Creates the task of one video. An error that the video causes is a result; others are retried, then fail the task.
 */
function createTask (scope: Construct, batch: Function): LambdaInvoke {
  const task = new LambdaInvoke(scope, 'MakeThumbnail', {
    lambdaFunction: batch,
    payload: TaskInput.fromJsonPathAt('States.JsonMerge($.options, $.object, false)'),
    retryOnServiceExceptions: false,
    outputPath: '$.Payload',
    // Longer than the timeout of the function, so that Lambda ends it first.
    taskTimeout: Timeout.duration(Duration.seconds(SIZES.batch.timeoutSeconds + 10))
  })
  const { intervalSeconds, backoffRate, maxAttempts, maxDelaySeconds } = BACKFILL.retries
  task.addRetry({
    errors: [...RETRYABLE_ERRORS],
    interval: Duration.seconds(intervalSeconds),
    backoffRate,
    maxAttempts,
    maxDelay: Duration.seconds(maxDelaySeconds),
    jitterStrategy: JitterType.FULL
  })
  task.addCatch(
    new Pass(scope, 'NoThumbnail', {
      parameters: { key: JsonPath.stringAt('$.object.key'), code: JsonPath.stringAt('$.failure.Error') }
    }),
    {
      errors: [...VIDEO_ERRORS],
      resultPath: '$.failure'
    }
  )
  return task
}
